import { contentTypeOf, type Framing, type PublicError, type Verdict } from '@tollgate/plugin-kit';
import type { AnsweredEnding, AnswerReceiver, AttemptEnd, UpstreamFlow } from './answer.js';
import type { AttemptReply } from './client-reply.js';
import type { GrowthEnd, HoldGrowth } from './hold-growth.js';
import type { KeepAlive, KeepAliveWatch, QuietStream } from './keep-alive.js';
import { faultVerdict } from './network-verdict.js';
import { HoldNotGrownError, QuotaExhaustedError, UpstreamFailedError } from './relay-errors.js';
import type { StreamLane } from './stream-lane.js';

export interface StreamPumpParts {
  readonly reply: AttemptReply;
  readonly lane: StreamLane;
  readonly flow: UpstreamFlow;
  readonly framing: Framing;
  readonly growth: HoldGrowth | undefined;
  readonly keepAlive: KeepAlive;
  readonly keepAliveAfterMs: number;
  /** What is written into a stream that is silent; undefined = nothing. */
  readonly keepAliveBytes: string | undefined;
  /** Hears every upstream byte, for plugins that asked to. */
  readonly tap: ((bytes: Buffer) => void) | undefined;
  readonly finished: (end: AttemptEnd) => void;
  readonly fault: (error: unknown) => void;
}

/** One turn of the event loop may bring megabytes from a fast upstream: no more than this is taken before the client has had its part. */
const waitingBytesMax = 131_072;

/**
 * Moves one streamed answer. All upstream chunks of one turn of the event loop are joined and leave in one write; a client that is slower
 * than the upstream pauses it. Only whole frames are written, so comments and error events can stand anywhere in between.
 */
export class StreamPump implements AnswerReceiver, QuietStream {
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #flushPlanned = false;
  #heard = false;
  #wrote = false;
  #done = false;
  /** The upstream is paused until the ledger has said whether more is held. */
  #waitsForLedger = false;
  /** The client has left, and the rest is read for its usage. */
  #readsOn = false;
  #upstreamEnded = false;
  #brokenBy: Verdict | undefined;
  readonly #watch: KeepAliveWatch;
  readonly #flush = (): void => this.#flushWaiting();

  readonly #parts: StreamPumpParts;

  constructor(parts: StreamPumpParts) {
    this.#parts = parts;
    this.#watch = parts.keepAlive.watch(this, parts.keepAliveAfterMs);
    parts.reply.onDrain(() => parts.flow.resume());
  }

  data(chunk: Buffer): void {
    if (!this.#heard) {
      this.#heard = true;
      this.#parts.reply.waitEnds();
    }
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    if (this.#waitingBytes >= waitingBytesMax) this.#parts.flow.pause();
    this.#planFlush();
  }

  end(): void {
    this.#upstreamEnded = true;
    this.#planFlush();
  }

  broken(verdict: Verdict): void {
    this.#brokenBy = verdict;
    this.#planFlush();
  }

  keepAlive(): void {
    const { keepAliveBytes } = this.#parts;
    if (keepAliveBytes === undefined || this.#done) return;
    this.#parts.reply.startStream(contentTypeOf(this.#parts.framing));
    this.#parts.reply.write(keepAliveBytes);
  }

  /** The client has left: what still comes is read for its usage, and nobody is kept waiting by it. */
  readOn(): void {
    this.#readsOn = true;
    this.#watch.end();
  }

  /** The call is over: nothing more is written. */
  stop(): void {
    if (this.#done) return;
    this.#done = true;
    this.#watch.end();
    this.#parts.lane.close();
  }

  #planFlush(): void {
    if (this.#flushPlanned || this.#done) return;
    this.#flushPlanned = true;
    setImmediate(this.#flush);
  }

  #flushWaiting(): void {
    this.#flushPlanned = false;
    if (this.#done) return;
    try {
      if (this.#waiting.length > 0) this.#move(this.#waiting.length === 1 ? (this.#waiting[0] as Buffer) : Buffer.concat(this.#waiting));
      else if (this.#upstreamEnded) this.#finish(undefined);
      if (!this.#done && this.#brokenBy !== undefined) this.#endBroken(this.#brokenBy);
    } catch (error) {
      this.#parts.fault(error);
      this.#parts.flow.abort();
      this.#failWith(faultVerdict(), 'errorInside');
    }
  }

  #move(bytes: Buffer): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#parts.tap?.(bytes);
    const out = this.#parts.lane.take(bytes);
    if (this.#stoppedByFailure(out)) return;
    if (this.#upstreamEnded) {
      this.#finish(out);
      return;
    }
    const flows = out === undefined || this.#write(out);
    if (bytes.length >= waitingBytesMax && flows) this.#parts.flow.resume();
    // What is read on is bounded already, and nobody is left to be told that the quota is used up.
    if (!this.#readsOn && this.#parts.growth !== undefined) this.#keepHeld(this.#parts.growth);
  }

  /** What was taken last leaves together with what the lane has left to say and the end itself. */
  #finish(taken: Buffer | string | undefined): void {
    const out = joined(taken, this.#parts.lane.finish('done'));
    if (!this.#stoppedByFailure(out)) this.#complete(out);
  }

  /** The connection broke. An answer that had been said whole before is complete all the same. */
  #endBroken(verdict: Verdict): void {
    const out = this.#parts.lane.finish('cut');
    if (this.#parts.lane.failure === undefined) this.#complete(out);
    else this.#failWith(verdict, verdict.kind === 'timeout' ? 'timeout' : 'upstreamCut');
  }

  #complete(out: Buffer | string | undefined): void {
    if (out === undefined) this.#open();
    else this.#start();
    this.#parts.reply.end(out);
    this.#settle({ answered: true, ending: 'complete' });
  }

  /** An error said inside the stream, or an end of the stream before that of the answer. What came before it in the same turn still goes out, unless another channel can be tried. */
  #stoppedByFailure(out: Buffer | string | undefined): boolean {
    const { failure, wasCut } = this.#parts.lane;
    if (failure === undefined) return false;
    if (this.#wrote && out !== undefined) this.#write(out);
    if (!this.#upstreamEnded) this.#parts.flow.abort();
    this.#failWith(failure, wasCut ? 'upstreamCut' : 'errorInside');
    return true;
  }

  #failWith(verdict: Verdict, ending: AnsweredEnding): void {
    if (this.#wrote) this.#breakOff(new UpstreamFailedError(verdict), { answered: true, ending, verdict });
    else this.#settle({ answered: false, verdict });
  }

  #breakOff(error: PublicError, end: AttemptEnd): void {
    this.#open();
    this.#parts.reply.write(this.#parts.lane.fail(error, this.#wrote));
    this.#parts.reply.end();
    this.#settle(end);
  }

  #start(): void {
    if (this.#wrote) return;
    this.#wrote = true;
    this.#parts.reply.noteFirstByte();
    this.#open();
  }

  /** From here on it is this attempt that the client hears. */
  #open(): void {
    this.#parts.reply.claim();
    this.#parts.reply.startStream(contentTypeOf(this.#parts.framing));
  }

  /** False if the client is slower than the upstream, which then waits for it. */
  #write(out: Buffer | string): boolean {
    this.#start();
    this.#watch.noteWrite();
    const flows = this.#parts.reply.write(out);
    if (!flows) this.#parts.flow.pause();
    return flows;
  }

  #keepHeld(growth: HoldGrowth): void {
    if (growth.outgrown()) void this.#grow(growth);
    if (!growth.mustWait()) return;
    this.#waitsForLedger = true;
    this.#parts.flow.pause();
  }

  async #grow(growth: HoldGrowth): Promise<void> {
    const end = await growth.extend().catch((error: unknown): GrowthEnd => {
      this.#parts.fault(error);
      return 'ledgerAway';
    });
    if (end !== undefined) this.#endUnheld(end);
    else if (this.#waitsForLedger) this.#parts.flow.resume();
    this.#waitsForLedger = false;
  }

  /** No more can be held: the stream ends with the dialect's own error. */
  #endUnheld(ending: GrowthEnd): void {
    if (this.#done || this.#readsOn) return;
    this.#parts.flow.abort();
    this.#breakOff(ending === 'quotaEnded' ? new QuotaExhaustedError() : new HoldNotGrownError(), { answered: true, ending });
  }

  #settle(end: AttemptEnd): void {
    this.stop();
    this.#parts.finished(end);
  }
}

/** A lane gives either bytes or text, always the same. */
function joined(one: Buffer | string | undefined, other: Buffer | string | undefined): Buffer | string | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return typeof one === 'string' ? `${one}${other.toString()}` : Buffer.concat([one, Buffer.from(other)]);
}
