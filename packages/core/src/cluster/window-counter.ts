import type { LimitLevel } from '@tollgate/plugin-kit';
import type { WindowAsk, WindowGrant, WindowReturn } from './shared-counters.js';

/** A slice that was used up within this time is followed by a larger one. */
const quickMs = 1_000;
const stockFactorMax = 64;
/** For so long a window that was full is taken for full; then another node may have given units back. */
const fullMs = 500;

/** Units of one key in its present window, as far as this node may hand them out. Times are those of the node's own clock. */
export class WindowCounter {
  /** May be handed out now; negative: handed out beyond the limit, and taken from the next slice. */
  #ready = 0;
  #handedOut = 0;
  #startedAt = Number.NEGATIVE_INFINITY;
  #endsAt = Number.NEGATIVE_INFINITY;
  /** What was left for all nodes when they were last asked. */
  #leftForAll = 0;
  #fullUntil = Number.NEGATIVE_INFINITY;
  #stockFactor = 1;
  #grantedAt = Number.NEGATIVE_INFINITY;
  #usedAt = Number.NEGATIVE_INFINITY;
  /** Handed out beyond what was taken in a window that is over. */
  #owed = 0;
  /** By then the next window is over, too, and what it should have paid for is forgotten. */
  #owedUntil = Number.NEGATIVE_INFINITY;
  /** While this node goes on without the others: what it had handed out of the window before, and what it had left of its slices. */
  #alone: { readonly handedOut: number; readonly leased: number } | undefined;
  /** True while units are asked for that no call waits for yet. */
  stocking = false;
  /** How many wait for an answer of the shared counters. */
  asking = 0;

  readonly key: string;
  readonly windowMs: number;
  #limit: number;

  constructor(key: string, windowMs: number, limit: number) {
    this.key = key;
    this.windowMs = windowMs;
    this.#limit = limit;
  }

  /** The operator's number, which may have changed since the last call. */
  setLimit(limit: number, isShared: boolean): void {
    if (limit === this.#limit) return;
    if (!isShared) this.#ready += limit - this.#limit;
    this.#limit = limit;
    this.#fullUntil = Number.NEGATIVE_INFINITY;
  }

  isOver(now: number): boolean {
    return now >= this.#endsAt;
  }

  /** A new window that this node has to itself. */
  openAlone(now: number, endsAt: number): void {
    this.#reset(now, endsAt);
    this.#ready = this.#limit;
  }

  /** Goes on alone in a window of which the others cannot be asked: what this node has not handed out itself is taken for free. */
  goOnAlone(now: number, endsAt: number): void {
    if (this.isOver(now)) this.#reset(now, endsAt);
    this.#alone ??= { handedOut: this.#handedOut, leased: this.#ready };
    this.#ready = this.#limit - this.#handedOut;
    this.#leftForAll = 0;
    if (this.#ready <= 0) this.#fullUntil = this.#endsAt;
  }

  /** True if this node has a window to itself that the others should hear of. */
  isAlone(now: number): boolean {
    return this.#alone !== undefined && !this.isOver(now);
  }

  /** True if the next window has to pay for what was used in the last one. */
  owes(now: number): boolean {
    return this.#owed > 0 && now < this.#owedUntil;
  }

  has(units: number): boolean {
    return this.#ready >= units;
  }

  /** True if there is no point in asking for more now. */
  isFull(now: number): boolean {
    return now < this.#fullUntil;
  }

  take(units: number, now: number): void {
    this.#ready -= units;
    this.#handedOut += units;
    this.#usedAt = now;
  }

  /** What a call did not need after all, or, negative, needed more. Units that were taken in a window that is over are not given back. */
  correct(units: number, takenIn: number, now: number): void {
    if (this.isOver(now)) {
      this.#owed += Math.max(0, -units);
      this.#owedUntil = now + this.windowMs;
      return;
    }
    if (units > 0 && takenIn !== this.#startedAt) return;
    this.#ready += units;
    this.#handedOut -= units;
  }

  /** Names the present window. */
  get window(): number {
    return this.#startedAt;
  }

  /** True when it is time to ask for more before calls have to wait. */
  get runsLow(): boolean {
    return !this.stocking && this.#stockFactor > 1 && this.#ready < this.#stockFactor / 2 && this.#leftForAll > this.#stockFactor;
  }

  ask(wanted: number, now: number): WindowAsk {
    const wasQuick = now - this.#grantedAt < quickMs;
    this.#stockFactor = wasQuick ? Math.min(stockFactorMax, this.#stockFactor * 2) : Math.max(1, this.#stockFactor >> 1);
    const owed = this.#owed + (this.isOver(now) ? 0 : Math.max(0, -this.#leased));
    const stock = Math.max(1, wanted) * (this.#stockFactor - 1);
    return { key: this.key, windowMs: this.windowMs, limit: this.#limit, wanted: wanted + owed, stock };
  }

  /** To be told what is left, and granted nothing. */
  lookAsk(): WindowAsk {
    return { key: this.key, windowMs: this.windowMs, limit: this.#limit, wanted: 0, stock: 0 };
  }

  /** @param askedAt before the counters were asked: by their clock the window is over no sooner than that plus what they say. */
  receive({ granted, left, startedAt, endsInMs }: WindowGrant, askedAt: number): void {
    const endsAt = askedAt + endsInMs;
    if (this.isAlone(askedAt)) this.#rejoin(startedAt);
    if (startedAt !== this.#startedAt) this.#reset(startedAt, endsAt);
    this.#endsAt = endsAt;
    this.#ready += granted - this.#owed;
    this.#owed = 0;
    this.#leftForAll = left;
    this.#grantedAt = askedAt;
    this.#usedAt = askedAt;
    if (left <= 0) this.#fullUntil = Math.min(endsAt, askedAt + fullMs);
  }

  /** Takes out what has not been needed since `usedBefore`, for others to use. */
  takeIdle(usedBefore: number, now: number): WindowReturn | undefined {
    if (this.isOver(now) || this.isAlone(now) || this.#ready <= 0 || this.#usedAt > usedBefore || this.stocking) return undefined;
    const units = this.#ready;
    this.#ready = 0;
    this.#stockFactor = 1;
    return { key: this.key, startedAt: this.#startedAt, units };
  }

  level(now: number): LimitLevel {
    const resetsInMs = Number.isFinite(this.#endsAt) ? Math.max(0, this.#endsAt - now) : this.windowMs;
    return { limit: this.#limit, remaining: Math.max(0, this.#ready + this.#leftForAll), resetsInMs };
  }

  /** What there is for this node where the others have so much left, which they were asked for without taking any. */
  levelBeside({ left, startedAt, endsInMs }: Pick<WindowGrant, 'left' | 'startedAt' | 'endsInMs'>): LimitLevel {
    const own = startedAt === this.#startedAt ? this.#leased : -this.#owed;
    return { limit: this.#limit, remaining: Math.max(0, own + left), resetsInMs: endsInMs };
  }

  /** What is left of slices; negative: handed out without any. */
  get #leased(): number {
    return this.#alone === undefined ? this.#ready : this.#alone.leased + this.#alone.handedOut - this.#handedOut;
  }

  /** What was handed out alone counts like everything else, as soon as the others are back. */
  #rejoin(startedAt: number): void {
    this.#ready = this.#leased;
    // A window that this node has begun alone has no name that the others know.
    if (startedAt !== this.#startedAt) this.#owed += Math.max(0, -this.#ready);
    this.#alone = undefined;
    this.#fullUntil = Number.NEGATIVE_INFINITY;
  }

  #reset(startedAt: number, endsAt: number): void {
    this.#startedAt = startedAt;
    this.#endsAt = endsAt;
    this.#alone = undefined;
    this.#ready = 0;
    this.#handedOut = 0;
    this.#leftForAll = 0;
    this.#fullUntil = Number.NEGATIVE_INFINITY;
  }
}
