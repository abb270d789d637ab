import { type Dialect, FrameScanner, lastFrameEnd, type PublicError, type Verdict } from '@tollgate/plugin-kit';
import { needlePattern, nominatedIn } from './events-with.js';
import type { KeptFinder } from './kept-finder.js';
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
  readonly #needles: RegExp;
  readonly #kept: KeptFinder | undefined;

  constructor(call: RelayCall, upstreamDialect: Dialect, meter: UsageMeter, hidesUsageFrame: boolean, kept: KeptFinder | undefined) {
    this.#call = call;
    this.#upstreamDialect = upstreamDialect;
    this.#meter = meter;
    this.#hidesUsageFrame = hidesUsageFrame;
    this.#needles = needlePattern(upstreamDialect.usage.needles);
    this.#kept = kept;
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
    this.#kept?.pass(frames);
    const stating = nominatedIn(frames, this.#call.framing, this.#needles);
    if (stating.length === 0) {
      this.#meter.passed(frames);
      return frames;
    }
    const { keep } = this.#upstreamDialect.usage;
    if (keep === 'each') for (const bytes of stating) this.#readUsage(bytes);
    else this.#nominated = [...this.#nominated, ...stating].slice(-2);
    const visible = this.#hidesUsageFrame ? this.#withoutExtraFrames(frames, stating) : frames;
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

  /** @param stating the events that may be extra, as parts of the same memory as `frames`. */
  #withoutExtraFrames(frames: Buffer, stating: readonly Buffer[]): Buffer {
    const kept: Buffer[] = [];
    let keptUntil = 0;
    for (const event of stating) {
      if (!this.#isExtra(event)) continue;
      const start = event.byteOffset - frames.byteOffset;
      kept.push(frames.subarray(keptUntil, start));
      keptUntil = start + event.length;
    }
    if (keptUntil === 0) return frames;
    kept.push(frames.subarray(keptUntil));
    return kept.length === 2 && kept[1]?.length === 0 ? (kept[0] as Buffer) : Buffer.concat(kept);
  }

  #isExtra(event: Buffer): boolean {
    const usageOnDemand = this.#call.dialect.client.usageOnDemand;
    let extra = false;
    const scanner = new FrameScanner('sse', (data) => {
      extra = usageOnDemand?.isExtraFrame(parsed(data)) === true;
    });
    scanner.push(event);
    scanner.end();
    return extra;
  }
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}
