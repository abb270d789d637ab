import { type Dialect, FrameScanner, lastFrameEnd, type PublicError, type Verdict } from '@tollgate/plugin-kit';
import { EndWatch, parsedOrText } from './end-watch.js';
import { needlePattern, nominatedIn } from './events-with.js';
import type { KeptFinder } from './kept-finder.js';
import type { RelayCall } from './relay-call.js';
import { terminalErrorBytes } from './stream-frames.js';
import type { StreamLane } from './stream-lane.js';
import type { UsageMeter } from './usage-meter.js';

/** A frame longer than this is passed on in parts. */
const heldBytesMax = 8_388_608;

/**
 * Same language on both sides: bytes go through as they are, and only those that a needle nominates are looked into: for usage, and for the
 * end of the answer, good or bad. Two kinds of frames are taken out: the usage that the gateway itself demanded, and the upstream's own
 * words on its failure, which the relay says in its place.
 */
export class PassLane implements StreamLane {
  #held: Buffer | undefined;
  /** The newest bytes that may state usage, where only the last statement counts. */
  #nominated: Buffer[] = [];
  /** The frame in which the upstream said that it failed. */
  #failureText = '';
  /** What was passed last. */
  #newest: Buffer | undefined;
  /** Nominates whatever has to be looked at: once the answer is whole, its end has not to be found again. */
  #needles: RegExp;

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
    const { usage, end } = upstreamDialect;
    this.#needles = needlePattern([...usage.needles, ...(end?.failureNeedles ?? []), ...(end?.wholeNeedles ?? [])]);
    this.#kept = kept;
    this.#end = new EndWatch(upstreamDialect);
  }

  get failure(): Verdict | undefined {
    return this.#end.failure;
  }

  get wasCut(): boolean {
    return this.#end.wasCut;
  }

  take(bytes: Buffer): Buffer | undefined {
    if (this.failure !== undefined) return undefined;
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

  finish(cause: 'done' | 'cut'): Buffer | undefined {
    const rest = this.failure === undefined ? this.#held : undefined;
    this.#held = undefined;
    const wasWhole = this.#end.isWhole;
    if (!wasWhole) this.#lookAgainAt(this.#newest);
    this.#lookAgainAt(rest);
    this.#end.end(cause, this.#newest !== undefined || rest !== undefined);
    // Half a frame would swallow an error that follows it, and says nothing where the answer is whole without it.
    if (rest === undefined || this.failure !== undefined || (cause === 'cut' && wasWhole)) return undefined;
    return this.#pass(rest);
  }

  fail(error: PublicError, afterFrames: boolean): string {
    return terminalErrorBytes(this.#call.dialect, this.#call.framing, error, this.#call.requestId, afterFrames);
  }

  close(): void {
    this.#readNominatedUsage();
  }

  #lookAgainAt(frames: Buffer | undefined): void {
    if (frames !== undefined && this.failure === undefined) this.#end.readAll(frames, this.#call.framing);
  }

  #pass(frames: Buffer): Buffer | undefined {
    this.#kept?.pass(frames);
    this.#newest = frames;
    const nominated = nominatedIn(frames, this.#call.framing, this.#needles);
    if (nominated.length === 0) {
      this.#meter.passed(frames);
      return frames;
    }
    const failed = nominated.findIndex((event) => this.#look(event));
    const passing = failed < 0 ? frames : this.#beforeFailure(frames, nominated[failed] as Buffer);
    const stating = failed < 0 ? nominated : nominated.slice(0, failed);
    const visible = this.#hidesUsageFrame ? this.#withoutExtraFrames(passing, stating) : passing;
    this.#meter.passed(visible);
    return visible.length === 0 ? undefined : visible;
  }

  /** Reads what an event says of usage and of the end. True if the upstream failed there. */
  #look(event: Buffer): boolean {
    const text = event.toString('latin1');
    const { end } = this.#upstreamDialect;
    if (end !== undefined && hasAny(text, end.failureNeedles, this.#end.isWhole ? [] : end.wholeNeedles)) this.#readEnd(event);
    else if (this.#upstreamDialect.usage.keep === 'each') this.#readUsage(event);
    else this.#nominated = [...this.#nominated, event].slice(-2);
    return this.failure !== undefined;
  }

  /** The end often states usage, too, and is parsed once for both. */
  #readEnd(event: Buffer): void {
    const { usage, end } = this.#upstreamDialect;
    this.#readNominatedUsage();
    const scanner = new FrameScanner(this.#call.framing, (data, name) => {
      if (this.failure !== undefined) return;
      const frame = parsedOrText(data);
      this.#end.read(frame, name);
      if (this.failure !== undefined) this.#failureText = data;
      if (typeof frame !== 'string' && usage.needles.some((needle) => data.includes(needle))) this.#meter.read(frame);
    });
    scanner.push(event);
    scanner.end();
    if (this.#end.isWhole) this.#needles = needlePattern([...usage.needles, ...(end?.failureNeedles ?? [])]);
  }

  #readNominatedUsage(): void {
    for (const bytes of this.#nominated) this.#readUsage(bytes);
    this.#nominated = [];
  }

  #readUsage(frames: Buffer): void {
    const { needles } = this.#upstreamDialect.usage;
    const scanner = new FrameScanner(this.#call.framing, (data) => {
      if (!needles.some((needle) => data.includes(needle))) return;
      const frame = parsedOrText(data);
      if (typeof frame !== 'string') this.#meter.read(frame);
    });
    scanner.push(frames);
    scanner.end();
  }

  /** @param failed a part of the same memory as `frames`: one event, or, where frames are not nominated one by one, all of them. */
  #beforeFailure(frames: Buffer, failed: Buffer): Buffer {
    const { framing } = this.#call;
    if (framing === 'sse') return frames.subarray(0, failed.byteOffset - frames.byteOffset);
    return frames.subarray(0, lastFrameEnd(framing, frames.subarray(0, frames.indexOf(this.#failureText))));
  }

  /**   /** @param stating the events that may be extra, as parts of the same memory as `frames`. */
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
      extra = usageOnDemand?.isExtraFrame(parsedOrText(data)) === true;
    });
    scanner.push(event);
    scanner.end();
    return extra;
  }
}

function hasAny(text: string, ...needles: readonly (readonly string[])[]): boolean {
  return needles.some((list) => list.some((needle) => text.includes(needle)));
}
