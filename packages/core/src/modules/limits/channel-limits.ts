import { type LimitRule, type LimitValues, rulesOf } from '../limit-rules/index.js';
import { Admission, type AdmissionOptions, type Refusal } from './admission.js';
import type { Demand, LimitTicket } from './limit-ticket.js';

/** What limits a channel as a whole, and each of its keys. */
export interface ChannelLimitValues {
  readonly limits?: LimitValues | undefined;
  readonly keyLimits?: LimitValues | undefined;
}

/** A channel and the key that it is to be used with. */
export interface LimitedPlace {
  readonly channelId: string;
  readonly keyId: string;
  readonly values: ChannelLimitValues;
}

/** Admits attempts by the limits of their channel and key, counted together by all nodes. */
export class ChannelLimits {
  readonly #admission: Admission;
  readonly #rules = new WeakMap<ChannelLimitValues, readonly LimitRule[]>();

  constructor(options: AdmissionOptions) {
    this.#admission = new Admission(options);
  }

  /**
   * Undefined if nothing limits the place; without a promise as long as this node has units in stock.
   * @param tokens input and output, as they are estimated before the attempt.
   * @throws LimitReachedError, LimitsUnavailableError
   */
  admit({ channelId, keyId, values }: LimitedPlace, tokens: number): LimitTicket | undefined | Promise<LimitTicket> {
    const rules = this.#rulesOf(values);
    if (rules.length === 0) return undefined;
    return this.#admission.admit((now) => this.#demands({ channelId, keyId, values }, tokens, now));
  }

  /** What {@link admit} would throw for each of these now, if anything. Counts nothing. */
  look(places: readonly LimitedPlace[], tokens: number): Promise<readonly Refusal[]> {
    return this.#admission.refusals((now) => places.map((place) => this.#demands(place, tokens, now)));
  }

  #demands({ channelId, keyId, values }: LimitedPlace, tokens: number, now: number): readonly Demand[] {
    return this.#rulesOf(values).map((rule) => this.#admission.demand(rule, rule.owner === 'key' ? keyId : channelId, tokens, now));
  }

  #rulesOf(values: ChannelLimitValues): readonly LimitRule[] {
    let rules = this.#rules.get(values);
    if (rules === undefined) {
      rules = [...rulesOf('channel', values.limits ?? {}), ...rulesOf('key', values.keyLimits ?? {})];
      this.#rules.set(values, rules);
    }
    return rules;
  }
}
