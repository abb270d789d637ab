import { type Dialect, FrameScanner, type Framing, type Verdict } from '@tollgate/plugin-kit';
import { cutVerdict } from './network-verdict.js';

/** Follows, frame by frame, how an upstream ends a stream that is not decoded. */
export class EndWatch {
  #isWhole: boolean;
  /** Why the answer is not whole, once that is known. */
  failure: Verdict | undefined;
  /** True if the failure is that the stream ended before its answer did. */
  wasCut = false;

  readonly #dialect: Dialect;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
    this.#isWhole = dialect.end === undefined;
  }

  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** @param frame parsed, or its text where it is no JSON. */
  read(frame: unknown, event: string | undefined): void {
    const said = this.#dialect.end?.read(frame, event);
    if (said === 'whole') this.#isWhole = true;
    else if (said !== undefined) this.failure ??= said;
  }

  /** Looks once more at the newest frames: ends may be spelled as no needle foresees. */
  readAll(frames: Buffer, framing: Framing): void {
    const scanner = new FrameScanner(framing, (data, event) => this.read(parsedOrText(data), event));
    scanner.push(frames);
    scanner.end();
  }

  /** There is no more to come. `saidAnything`: whether anything came. */
  end(cause: 'done' | 'cut', saidAnything: boolean): void {
    if (this.#isWhole || this.failure !== undefined) return;
    this.#isWhole = cause === 'done' && saidAnything && this.#dialect.end?.endsByClosing === true;
    if (this.#isWhole) return;
    this.wasCut = true;
    this.failure = cutVerdict();
  }
}

export function parsedOrText(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return data;
  }
}
