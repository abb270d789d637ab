import { CountersAwayError } from '../../cluster/ask-line.js';
import type { LimitCounters } from '../../cluster/limit-counters.js';
import type { Clock } from '../../foundation/clock.js';
import type { LimitRule } from '../limit-rules/index.js';
import type { SettingsValues } from '../settings/index.js';
import { type Demand, isWindowDemand, levelsOf, LimitTicket } from './limit-ticket.js';
import { LimitReachedError, LimitsUnavailableError } from './limits-errors.js';
import type { limitsSettings } from './limits-settings.js';

export interface AdmissionOptions {
  readonly counters: LimitCounters;
  readonly clock: Clock;
  readonly whenCountersAreAway: () => SettingsValues<typeof limitsSettings>['whenCountersAreAway'];
}

export type Refusal = LimitReachedError | LimitsUnavailableError | undefined;

/** Takes units from counters: all that are demanded of a call, or none. */
export class Admission {
  readonly #options: AdmissionOptions;

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /** A call that is larger than a whole window is let in by an empty one, and then owes. */
  demand(rule: LimitRule, subject: string, tokens: number, now: number): Demand {
    const { owner, kind, window, windowMs, limit } = rule;
    const { counters } = this.#options;
    const key = `${owner}:${subject}:${kind}:${window}`;
    if (windowMs === 0) return { rule, counter: counters.permits(key, limit), units: 1 };
    return { rule, counter: counters.window(key, windowMs, limit, now), units: kind === 'tokens' ? Math.min(tokens, limit) : 1 };
  }

  /**
   * Takes what is demanded, or nothing; without a promise as long as this node has units in stock. Looks at the clock once: a window that ended
   * between two looks would be taken for full.
   * @throws LimitReachedError, LimitsUnavailableError
   */
  admit(demandsAt: (now: number) => readonly Demand[]): LimitTicket | Promise<LimitTicket> {
    const now = this.#options.counters.now();
    const demands = demandsAt(now);
    const lacking = this.#lacking(demands, now);
    return lacking.length === 0 ? this.#take(demands, now) : this.#admitAfterAsking(demands, lacking);
  }

  /**
   * What each of these would be refused with now, if with anything. Takes nothing.
   * @param demandsAt of each
   */
  async refusals(demandsAt: (now: number) => readonly (readonly Demand[])[]): Promise<readonly Refusal[]> {
    const { counters, whenCountersAreAway } = this.#options;
    const now = counters.now();
    const each = demandsAt(now);
    try {
      const levels = await counters.look(new Set(each.flat().map(({ counter }) => counter)));
      return each.map((demands) => {
        const full = demands.filter(({ counter, units }) => (levels.get(counter)?.remaining ?? 0) < units);
        return full.length === 0 ? undefined : this.#refusal(full, demands, now, ({ counter }) => levels.get(counter)?.resetsInMs ?? 0);
      });
    } catch (error) {
      if (!(error instanceof CountersAwayError)) throw error;
      // A node that goes on alone has a whole window to itself.
      const refused = whenCountersAreAway() === 'refuse' ? new LimitsUnavailableError(error) : undefined;
      return each.map((demands) => (demands.length === 0 ? undefined : refused));
    }
  }

  async #admitAfterAsking(demands: readonly Demand[], first: readonly Demand[]): Promise<LimitTicket> {
    const { counters } = this.#options;
    let now = 0;
    for (let lacking = first; lacking.length > 0; lacking = this.#lacking(demands, now)) {
      await this.#ask(lacking);
      now = counters.now();
    }
    return this.#take(demands, now);
  }

  /** @throws LimitReachedError where it is known that there is no more. */
  #lacking(demands: readonly Demand[], now: number): readonly Demand[] {
    const { counters } = this.#options;
    const lacking = demands.filter((demand) =>
      isWindowDemand(demand) ? !counters.has(demand.counter, demand.units, now) : !demand.counter.has(),
    );
    if (lacking.length === 0) return lacking;
    const full = lacking.filter(({ counter }) => counters.isFull(counter, now));
    if (full.length > 0) throw this.#refusal(full, demands, now);
    return lacking;
  }

  #take(demands: readonly Demand[], now: number): LimitTicket {
    const { counters } = this.#options;
    for (const demand of demands) {
      if (isWindowDemand(demand)) counters.take(demand.counter, demand.units, now);
      else demand.counter.take(now);
    }
    return new LimitTicket(counters, demands);
  }

  async #ask(lacking: readonly Demand[]): Promise<void> {
    const { counters } = this.#options;
    await Promise.all(
      lacking.map(({ counter, units }) => counters.ask(counter, units).catch((error: unknown) => this.#goOnWithout(counter, error))),
    );
  }

  /** @throws LimitsUnavailableError where the operator would rather serve nobody. */
  #goOnWithout(counter: Demand['counter'], error: unknown): void {
    const { counters, whenCountersAreAway } = this.#options;
    if (!(error instanceof CountersAwayError)) throw error;
    if (whenCountersAreAway() === 'refuse') throw new LimitsUnavailableError(error);
    counters.goOnAlone(counter);
  }

  /** The one that keeps the caller waiting longest. */
  #refusal(
    full: readonly Demand[],
    demands: readonly Demand[],
    now: number,
    waitOf = ({ counter }: Demand): number => counter.level(now).resetsInMs,
  ): LimitReachedError {
    const { clock } = this.#options;
    const longest = full.reduce((left, right) => (waitOf(right) > waitOf(left) ? right : left));
    return new LimitReachedError(longest.rule, waitOf(longest), clock.now() + waitOf(longest), levelsOf(demands, now));
  }
}
