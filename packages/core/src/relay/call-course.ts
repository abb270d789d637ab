import { emptyUsage, type PublicError, requestCounters, type Usage, usageBuckets, type Verdict } from '@tollgate/plugin-kit';
import { type Millipoints, noMillipoints } from '../foundation/millipoints.js';
import { costOfAll, type Rate } from '../modules/pricing/index.js';
import {
  type AbnormalEnding,
  abnormalEndings,
  type CallEnding,
  type Charge,
  chargeFor,
  type PolicyFallback,
  type SettlementPolicy,
} from '../modules/settlement/index.js';
import type { AttemptRecord, UsageRecord } from '../modules/usage/index.js';
import type { AnsweredEnd, AnsweredEnding, AttemptEnd } from './answer.js';
import type { Route } from './route.js';
import type { LimitTicket } from '../modules/limits/index.js';
import type { UsageMeter } from './usage-meter.js';

/** An attempt's record while the call runs: what it is charged for is decided when the call is settled. */
export type AttemptDraft = { -readonly [Key in keyof AttemptRecord]: AttemptRecord[Key] };

/** How a call went: filled while channels are tried, read once when it is settled. */
export interface CallCourse {
  readonly attempts: AttemptDraft[];
  /** The last channel tried. */
  route?: Route;
  meter?: UsageMeter;
  end?: AttemptEnd;
  /** What the answer has taken from the limits of its channel. */
  channelTicket?: LimitTicket;
  /** What the caller was told instead of an answer. */
  error?: PublicError;
  /** How often the hold grew. */
  extensions: number;
}

/** What a call comes to: how it ended, its usage, its price and the rule that decided it. */
export interface CallResult extends Charge {
  /** What is paid for, each as a call by itself: that of the answer first, then those of burnt attempts. `usage` is their sum. */
  readonly paid: readonly Usage[];
  readonly outcome: Exclude<UsageRecord['outcome'], 'lost'>;
  readonly ending: CallEnding;
  readonly suspicious: boolean;
  readonly cost: Millipoints;
  readonly verdict?: Verdict;
  readonly failure?: string;
}

/** What settling asks of the call's surroundings. */
export interface SettlingFacts {
  readonly rate: Rate;
  /** True if the client left before its answer was complete. */
  readonly clientGone: boolean;
  /** True if something of an answer went out. */
  readonly reachedClient: boolean;
  /** Why the rest of the answer was not read after the client had left, where it should have been. */
  readonly undrained: PolicyFallback | undefined;
  /** The least that a request to rerank comes to, by its documents; undefined for all others. */
  readonly searchUnits: number | undefined;
  policyOf(ending: AbnormalEnding): SettlementPolicy;
}

type ResultDraft = { -readonly [Key in keyof CallResult]: CallResult[Key] } & { readonly paid: Usage[] };

/** Whoever got an answer pays for it, whole or in part, by the rule of its ending; whoever got none pays nothing. */
export function resultOf(course: CallCourse, facts: SettlingFacts): CallResult {
  const { end, meter } = course;
  const result = end?.answered === true && meter !== undefined ? answeredResult(end, meter, facts) : unansweredResult();
  if (meter?.suspicious === true) result.suspicious = true;
  if (isPaid(result)) result.paid.push(result.usage);
  chargeBurntAttempts(course, result, facts);
  if (facts.clientGone) result.outcome = 'aborted';
  if (result.paid.length > 0) result.cost = costOfAll(facts.rate, result.paid);
  const verdict = end !== undefined && 'verdict' in end ? end.verdict : undefined;
  const failure = course.error?.code ?? verdict?.code;
  if (verdict !== undefined) result.verdict = verdict;
  if (failure !== undefined) result.failure = failure;
  return result;
}

function answeredResult(end: AnsweredEnd, meter: UsageMeter, facts: SettlingFacts): ResultDraft {
  const abnormal = abnormalEndingOf(end.ending, meter, facts.rate);
  const known = {
    stated: () => (facts.undrained === undefined && statesPrice(meter, facts.rate) ? meter.statedUsage() : undefined),
    delivered: () => (facts.reachedClient || end.ending === 'complete' ? meter.deliveredUsage() : undefined),
    undrained: facts.undrained,
  };
  const { usage, policy, estimated, fallback } = chargeFor(abnormal === undefined ? 'upstream-actual' : facts.policyOf(abnormal), known);
  const result: ResultDraft = {
    usage,
    paid: [],
    policy,
    estimated,
    outcome: end.ending === 'complete' ? 'ok' : 'failed',
    ending: abnormal === undefined ? 'complete' : abnormalEndings[abnormal].name,
    suspicious: false,
    cost: noMillipoints,
  };
  if (fallback !== undefined) result.fallback = fallback;
  countSearches(result, facts);
  return result;
}

/** Who is paid by the search has made one at least; most servers do not say how many. */
function countSearches(result: ResultDraft, { rate, searchUnits = 1 }: SettlingFacts): void {
  if (rate.price.by !== 'search' || (result.usage.searchUnits ?? 0) > 0 || !isPaid(result)) return;
  result.usage = { ...result.usage, searchUnits };
  result.estimated = true;
}

function unansweredResult(): ResultDraft {
  return {
    usage: emptyUsage(),
    paid: [],
    policy: 'not-delivered',
    estimated: false,
    outcome: 'failed',
    ending: 'failed',
    suspicious: false,
    cost: noMillipoints,
  };
}

/** Undefined for an answer that is complete and states a usage that can be. */
function abnormalEndingOf(ending: AnsweredEnding, meter: UsageMeter, rate: Rate): AbnormalEnding | undefined {
  if (ending !== 'complete') return ending;
  if (!statesPrice(meter, rate)) return 'noUsage';
  return meter.suspicious ? 'absurdUsage' : undefined;
}

/** Searches are what is asked for where they are paid, and nothing to go by where something else is. */
function statesPrice({ statements, statedSearches }: UsageMeter, { price }: Rate): boolean {
  return statements > 0 || (price.by === 'search' && statedSearches > 0);
}

function isPaid({ policy }: Charge): boolean {
  return policy !== 'free' && policy !== 'not-delivered';
}

/**
 * Attempts that failed before the client had anything and yet used tokens: on record always, charged where the operator wants it. That two ran at
 * once was the operator's wish, who pays for the one that was not needed.
 */
function chargeBurntAttempts({ attempts }: CallCourse, result: ResultDraft, { policyOf }: SettlingFacts): void {
  for (const attempt of attempts) {
    const stated = attempt.usage;
    if (stated === undefined || attempt.hedge !== undefined) continue;
    const charge = chargeFor(policyOf('burntAttempt'), { stated: () => ({ ...emptyUsage(), ...stated }), delivered: () => undefined });
    if (result.ending === 'failed') {
      result.ending = abnormalEndings.burntAttempt.name;
      result.policy = charge.policy;
    }
    if (charge.policy !== 'upstream-actual') continue;
    attempt.charged = true;
    result.paid.push(charge.usage);
    result.usage = sumOf(result.usage, charge.usage);
    // A call that is free otherwise is closed by the rule that makes it cost something.
    if (!isPaid(result)) result.policy = charge.policy;
  }
}

/** The same with the answer's usage known better. */
export function recounted(result: CallResult, answer: Usage, rate: Rate): CallResult {
  const [before, ...burnt] = result.paid;
  // Tokens are counted anew, searches are not.
  const known = before?.searchUnits === undefined ? answer : { ...answer, searchUnits: before.searchUnits };
  const paid = [known, ...burnt];
  return { ...result, paid, usage: burnt.reduce(sumOf, known), cost: costOfAll(rate, paid) };
}

function sumOf(one: Usage, other: Usage): Usage {
  const sum = { ...one };
  for (const bucket of usageBuckets) sum[bucket] += other[bucket];
  for (const counter of requestCounters) {
    const requests = (one[counter] ?? 0) + (other[counter] ?? 0);
    if (requests > 0) sum[counter] = requests;
  }
  if (other.images !== undefined) sum.images = [...(one.images ?? []), ...other.images];
  const media = mediaOf(one.media, other.media);
  if (media !== undefined) sum.media = media;
  return sum;
}

/** Seconds of two resolutions have no sum: those of the answer stand, and those of the attempt with the attempt. */
function mediaOf(one: Usage['media'], other: Usage['media']): Usage['media'] {
  if (one === undefined || other === undefined) return one ?? other;
  return one.resolution === other.resolution ? { ...one, seconds: one.seconds + other.seconds } : one;
}
