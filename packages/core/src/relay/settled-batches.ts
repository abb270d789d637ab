import type { CallView, SettledView } from '@tollgate/plugin-kit';
import type { RelayHooks } from './relay-hooks.js';

const batchMax = 100;
const waitMs = 1_000;

/** Gathers settled calls for the plugins that want them some at a time, after everything else. */
export class SettledBatches {
  #batch: { readonly call: CallView; readonly settled: SettledView }[] = [];
  #timer: NodeJS.Timeout | undefined;
  readonly #deliver: NonNullable<RelayHooks['onBatch']>;

  constructor(deliver: NonNullable<RelayHooks['onBatch']>) {
    this.#deliver = deliver;
  }

  add(call: CallView, settled: SettledView): void {
    this.#batch.push({ call, settled });
    if (this.#batch.length >= batchMax) void this.flush();
    else this.#timer ??= setTimeout(() => void this.flush(), waitMs).unref();
  }

  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#batch;
    this.#batch = [];
    if (batch.length > 0) await this.#deliver(batch);
  }
}
