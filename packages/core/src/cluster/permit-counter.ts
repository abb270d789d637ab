import type { LimitLevel } from '@tollgate/plugin-kit';
import type { PermitAsk, PermitGrant } from './shared-counters.js';

/** For so long nobody is asked again whether a permit has come free elsewhere. */
const fullMs = 100;
/** What callers are told to wait for a permit: nobody knows when a running call ends. */
const retryAfterMs = 1_000;

/** Calls of one key that may run at the same time, as far as this node may begin them. */
export class PermitCounter {
  #used = 0;
  /** Permits of this node, those in use among them. */
  #held = 0;
  #leftForAll = 0;
  #fullUntil = Number.NEGATIVE_INFINITY;
  #usedAt = Number.NEGATIVE_INFINITY;
  /** How many wait for an answer of the shared counters. */
  asking = 0;

  readonly key: string;
  #limit: number;

  constructor(key: string, limit: number) {
    this.key = key;
    this.#limit = limit;
  }

  setLimit(limit: number, isShared: boolean): void {
    this.#limit = limit;
    if (!isShared) this.#held = limit;
  }

  has(): boolean {
    return this.#used < this.#held;
  }

  isFull(now: number): boolean {
    return now < this.#fullUntil;
  }

  take(now: number): void {
    this.#used += 1;
    this.#usedAt = now;
  }

  release(): void {
    this.#used -= 1;
  }

  /** True if nothing is lost when it is forgotten. */
  isIdle(isShared: boolean): boolean {
    return this.#used === 0 && this.asking === 0 && !(isShared && this.#held > 0);
  }

  /** True if this node holds what it does not use while others may want it. */
  hoards(usedBefore: number): boolean {
    return this.#held > this.#used && (this.#usedAt <= usedBefore || this.#isScarce);
  }

  goOnAlone(): void {
    this.#held = Math.max(this.#held, this.#limit);
  }

  /** For more permits. What is held already may come into use while the counters are asked, so that it cannot be taken away. */
  ask(wanted: number): PermitAsk {
    return { key: this.key, limit: this.#limit, used: this.#held, wanted: this.#held + wanted };
  }

  /** Lets go of what is not in use. */
  askForLess(): PermitAsk {
    this.#held = this.#used;
    return { key: this.key, limit: this.#limit, used: this.#used, wanted: this.#used };
  }

  receive({ held, left }: PermitGrant, wanted: number, askedAt: number): void {
    this.#held = held;
    this.#leftForAll = left;
    if (left <= 0 && held < wanted) this.#fullUntil = askedAt + fullMs;
  }

  level(): LimitLevel {
    return { limit: this.#limit, remaining: Math.max(0, this.#held - this.#used + this.#leftForAll), resetsInMs: retryAfterMs };
  }

  get #isScarce(): boolean {
    return this.#leftForAll * 2 < this.#limit;
  }
}
