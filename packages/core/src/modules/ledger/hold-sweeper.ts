import type { NodeLease } from '../../cluster/node-lease.js';
import type { Database } from '../../storage/database.js';
import type { JobHandler } from '../../storage/job-runner.js';
import type { SweepPolicy } from './ledger-operation.js';
import type { LedgerWriter } from './ledger-writer.js';
import { orphanedHolds } from './orphaned-holds-store.js';

export interface HoldSweeperOptions {
  readonly database: Database;
  readonly lease: NodeLease;
  readonly writer: LedgerWriter;
  /** How the hold of a call to the model is closed. */
  readonly policy: (model: string) => SweepPolicy;
}

const holdsPerRound = 500;

/** Closes the open holds of nodes that are dead. A node that is merely slow keeps its lease, so a living call is never swept. */
export class HoldSweeper {
  readonly #options: HoldSweeperOptions;

  constructor(options: HoldSweeperOptions) {
    this.#options = options;
  }

  /** Returns how many holds it closed. @throws StorageUnavailableError */
  async sweep(): Promise<number> {
    const { database, lease, writer, policy } = this.#options;
    if (!(await lease.removeLapsed())) return 0;
    let closed = 0;
    for (;;) {
      const holds = await orphanedHolds(database, holdsPerRound);
      if (holds.length === 0) return closed;
      const receipts = await Promise.all(holds.map(({ id, model }) => writer.sweep(id, policy(model))));
      closed += receipts.filter((receipt) => receipt.applied).length;
    }
  }

  /** The sweep as a job that recurs a few times in the length of a lease. */
  job(leaseMs: () => number): JobHandler {
    return {
      kind: 'sweep-holds',
      everyMs: () => leaseMs() / 3,
      run: async () => {
        await this.sweep();
      },
    };
  }
}
