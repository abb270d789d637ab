import { type Dialect, FrameScanner, lastFrameEnd, type PublicError, type Verdict } from '@tollgate/plugin-kit';
import type { RelayCall } from './relay-call.js';
import { terminalErrorBytes } from './stream-frames.js';
import type { StreamLane } from './stream-lane.js';
import type { UsageMeter } from './usage-meter.js';

/** A frame longer than this is passed on in parts. */
const heldBytesMax = 8_388_608;

/**
 * Same language on both sides: bytes go through as they are, and only those that a usage needle nominates are looked into. The usage
 * frame that the gateway itself demanded is taken out again.
 */
export class PassLane implements StreamLane {
  readonly failure: Verdict | undefined = undefined;
  #held: Buffer | undefined;
  /** The newest bytes that may state usage, where only the last statement counts. */
  #nominated: Buffer[] = [];

  readonly #call: RelayCall;
  readonly #upstreamDialect: Dialect;
  readonly #meter: UsageMeter;
  readonly #hidesUsageFrame: boolean;

  constructor(call: RelayCall, upstreamDialect: Dialect, meter: UsageMeter, hidesUsageFrame: boolean) {
    this.#call = call;
    this.#upstreamDialect = upstreamDialect;
    this.#meter = meter;
    this.#hidesUsageFrame = hidesUsageFrame;
  }

  take(bytes: Buffer): Buffer | undefined {
    const all = this.#held === undefined ? bytes : Buffer.concat([this.#held, bytes]);
    const end = lastFrameEnd(this.#call.framing, all);
    if (end === 0 && all.length < heldBytesMax) {
      this.#held = all;
      return undefined;
    }
    const cut = end === 0 ? all.length : end;
    this.#held = cut === all.length ? undefined : all.subarray(cut);
    return this.#pass(cut === all.length ? all : all.subarray(0, cut));
  }

  finish(): Buffer | undefined {
    return this.#held === undefined ? undefined : this.#pass(this.#held);
  }

  fail(error: PublicError, afterFrames: boolean): string {
    return terminalErrorBytes(this.#call.dialect, this.#call.framing, error, this.#call.requestId, afterFrames);
  }

  close(): void {
    for (const bytes of this.#nominated) this.#readUsage(bytes);
    this.#nominated = [];
  }

  #pass(frames: Buffer): Buffer | undefined {
    const { needles, keep } = this.#upstreamDialect.usage;
    if (!needles.some((needle) => frames.includes(needle))) {
      this.#meter.passed(frames);
      return frames;
    }
    if (keep === 'each') this.#readUsage(frames);
    else this.#nominated = [...this.#nominated.slice(-1), frames];
    const visible = this.#hidesUsageFrame ? this.#withoutExtraFrames(frames) : frames;
    this.#meter.passed(visible);
    return visible.length === 0 ? undefined : visible;
  }

  #readUsage(frames: Buffer): void {
    const { needles } = this.#upstreamDialect.usage;
    const scanner = new FrameScanner(this.#call.framing, (data) => {
      if (!needles.some((needle) => data.includes(needle))) return;
      const json = parsed(data);
      if (json !== undefined) this.#meter.read(json);
    });
    scanner.push(frames);
    scanner.end();
  }

  #withoutExtraFrames(frames: Buffer): Buffer {
    const usageOnDemand = this.#call.dialect.client.usageOnDemand;
    const kept: Buffer[] = [];
    for (let rest = frames; rest.length > 0; ) {
      const end = firstEventEnd(rest);
      const event = rest.subarray(0, end);
      let extra = false;
      const scanner = new FrameScanner('sse', (data) => {
        extra = usageOnDemand?.isExtraFrame(parsed(data)) === true;
      });
      scanner.push(event);
      scanner.end();
      if (!extra) kept.push(event);
      rest = rest.subarray(end);
    }
    return Buffer.concat(kept);
  }
}

/** Index after the first blank line, or the length if there is none. */
function firstEventEnd(bytes: Buffer): number {
  const ends = ['\n\n', '\r\n\r\n'].map((blank) => ({ at: bytes.indexOf(blank), length: blank.length })).filter(({ at }) => at >= 0);
  if (ends.length === 0) return bytes.length;
  return Math.min(...ends.map(({ at, length }) => at + length));
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}
