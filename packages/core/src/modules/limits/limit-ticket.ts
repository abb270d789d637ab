import type { LimitLevel, LimitLevels } from '@tollgate/plugin-kit';
import type { LimitCounters } from '../../cluster/limit-counters.js';
import type { PermitCounter } from '../../cluster/permit-counter.js';
import type { WindowCounter } from '../../cluster/window-counter.js';
import type { LimitRule } from '../limit-rules/index.js';

/** One rule for one call: what it counts on, and how much of it. */
export type Demand = WindowDemand | PermitDemand;

export interface WindowDemand {
  readonly rule: LimitRule;
  readonly counter: WindowCounter;
  readonly units: number;
}

export interface PermitDemand {
  readonly rule: LimitRule;
  readonly counter: PermitCounter;
  readonly units: 1;
}

export function isWindowDemand(demand: Demand): demand is WindowDemand {
  return demand.rule.windowMs > 0;
}

/** What one admitted call has taken from its limits. */
export class LimitTicket {
  readonly #counters: LimitCounters;
  readonly #demands: readonly Demand[];
  /** The windows that tokens were taken in, in the order of the demands. */
  readonly #takenIn: readonly number[];
  #ended = false;
  #awaitsUsage = false;
  #corrected = false;

  constructor(counters: LimitCounters, demands: readonly Demand[]) {
    this.#counters = counters;
    this.#demands = demands;
    this.#takenIn = demands.map((demand) => (isWindowDemand(demand) ? demand.counter.window : 0));
  }

  get levels(): LimitLevels {
    return levelsOf(this.#demands, this.#counters.now());
  }

  /** From now on what was estimated stands until the usage is known. */
  awaitUsage(): void {
    this.#awaitsUsage = true;
  }

  /** Puts the real usage in the place of the estimate. Once. */
  settle(tokens: number): void {
    if (this.#corrected) return;
    this.#corrected = true;
    const now = this.#counters.now();
    for (const [index, demand] of this.#demands.entries()) {
      if (!isWindowDemand(demand) || demand.rule.kind !== 'tokens') continue;
      const { key, windowMs } = demand.counter;
      const counter = this.#counters.window(key, windowMs, demand.rule.limit, now);
      this.#counters.correct(counter, demand.units - tokens, this.#takenIn[index] ?? 0);
    }
  }

  /** The call is over. One that nothing was held for has used nothing. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const demand of this.#demands) if (!isWindowDemand(demand)) demand.counter.release();
    if (!this.#awaitsUsage) this.settle(0);
  }
}

/** The levels that callers are told: of each kind the one with the least left. */
export function levelsOf(demands: readonly Demand[], now: number): LimitLevels {
  const narrowest: { requests?: LimitLevel; tokens?: LimitLevel } = {};
  for (const demand of demands) {
    const { kind } = demand.rule;
    if (kind === 'concurrency' || !isWindowDemand(demand)) continue;
    const level = demand.counter.level(now);
    const known = narrowest[kind];
    if (known === undefined || level.remaining < known.remaining) narrowest[kind] = level;
  }
  return narrowest;
}
