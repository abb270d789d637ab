import {
  type Dialect,
  type FrameScanner,
  FrameWriter,
  type JsonObject,
  type PublicError,
  upstreamScanner,
  type Verdict,
} from '@tollgate/plugin-kit';
import { EndWatch } from './end-watch.js';
import type { KeptFinder } from './kept-finder.js';
import type { RelayCall } from './relay-call.js';
import type { StreamLane } from './stream-lane.js';
import { terminalErrorBytes } from './stream-frames.js';
import type { UsageMeter } from './usage-meter.js';

/** The same language but for a few fields: each frame is parsed, edited by the dialect's own rule and written again. */
export class EditLane implements StreamLane {
  #out = '';
  readonly #scanner: FrameScanner;
  readonly #writer: FrameWriter;

  readonly #call: RelayCall;
  readonly #upstreamDialect: Dialect;
  readonly #meter: UsageMeter;
  readonly #hidesUsageFrame: boolean;
  readonly #kept: KeptFinder | undefined;
  readonly #end: EndWatch;

  constructor(call: RelayCall, upstreamDialect: Dialect, meter: UsageMeter, hidesUsageFrame: boolean, kept: KeptFinder | undefined) {
    this.#call = call;
    this.#upstreamDialect = upstreamDialect;
    this.#meter = meter;
    this.#hidesUsageFrame = hidesUsageFrame;
    this.#kept = kept;
    this.#end = new EndWatch(upstreamDialect);
    this.#writer = new FrameWriter(call.framing, (text) => {
      this.#out += text;
    });
    this.#scanner = upstreamScanner(upstreamDialect, (data, event) => this.#frame(data, event));
  }

  get failure(): Verdict | undefined {
    return this.#end.failure;
  }

  get wasCut(): boolean {
    return this.#end.wasCut;
  }

  take(bytes: Buffer): string | undefined {
    this.#meter.passed(bytes);
    this.#scanner.push(bytes);
    return this.#written();
  }

  finish(cause: 'done' | 'cut'): string | undefined {
    this.#scanner.end();
    this.#end.end(cause, this.#meter.passedBytes > 0);
    if (this.failure === undefined) this.#writer.end();
    return this.#written();
  }

  fail(error: PublicError, afterFrames: boolean): string {
    return terminalErrorBytes(this.#call.dialect, this.#call.framing, error, this.#call.requestId, afterFrames);
  }

  #frame(data: string, event: string | undefined): void {
    if (this.failure !== undefined) return;
    if (!data.startsWith('{')) {
      this.#end.read(data, event);
      this.#writer.frame(data, event);
      return;
    }
    const frame = JSON.parse(data) as JsonObject;
    this.#upstreamDialect.edits?.frame?.(frame);
    this.#meter.read(frame);
    this.#kept?.read(frame);
    this.#end.read(frame, event);
    // The relay says it in the upstream's place.
    if (this.failure !== undefined) return;
    if (this.#hidesUsageFrame && this.#call.dialect.client.usageOnDemand?.isExtraFrame(frame) === true) return;
    this.#writer.frame(JSON.stringify(frame), event);
  }

  close(): void {
    // Usage has been read frame by frame.
  }

  #written(): string | undefined {
    const text = this.#out;
    this.#out = '';
    return text === '' ? undefined : text;
  }
}
