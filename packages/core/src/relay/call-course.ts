import { emptyUsage, type PublicError, type Verdict } from '@tollgate/plugin-kit';
import { noMillipoints, type Millipoints } from '../foundation/millipoints.js';
import { costOf, type Rate } from '../modules/pricing/index.js';
import type { AttemptRecord, ClosingPolicy, UsageRecord } from '../modules/usage/index.js';
import type { AttemptEnd } from './answer.js';
import type { Route } from './route.js';
import type { MeteredUsage, UsageMeter } from './usage-meter.js';

/** How a call went: filled while channels are tried, read once when it is settled. */
export interface CallCourse {
  readonly attempts: AttemptRecord[];
  /** The last channel tried. */
  route?: Route;
  meter?: UsageMeter;
  end?: AttemptEnd;
  /** What the caller was told instead of an answer. */
  error?: PublicError;
}

/** What a call comes to: its outcome, its usage, its price and the rule that decided it. */
export interface CallResult extends MeteredUsage {
  readonly outcome: Exclude<UsageRecord['outcome'], 'lost'>;
  readonly policy: ClosingPolicy;
  readonly cost: Millipoints;
  readonly verdict?: Verdict;
  readonly failure?: string;
}

/**
 * Whoever got an answer pays for it, whole or in part; whoever got none pays nothing. Where the upstream's own figures are there, they
 * count; where it was cut short before it could state them, what went through is estimated.
 */
export function resultOf(course: CallCourse, rate: Rate, clientGone: boolean): CallResult {
  const { end, meter } = course;
  const verdict = end !== undefined && 'verdict' in end ? end.verdict : undefined;
  const failure = course.error?.code ?? verdict?.code;
  const reached = end?.answered === true && meter !== undefined && (end.ending !== 'client-gone' || meter.delivered || meter.stated);
  const result: ResultDraft = reached ? paidResult(meter.result(end.ending === 'complete'), rate) : unpaidResult();
  if (clientGone) result.outcome = 'aborted';
  else if (reached && end.ending === 'complete') result.outcome = 'ok';
  if (verdict !== undefined) result.verdict = verdict;
  if (failure !== undefined) result.failure = failure;
  return result;
}

type ResultDraft = { -readonly [Key in keyof CallResult]: CallResult[Key] };

function paidResult({ usage, estimated, suspicious }: MeteredUsage, rate: Rate): ResultDraft {
  const policy = estimated ? 'estimated-usage' : 'upstream-usage';
  return { usage, estimated, suspicious, outcome: 'failed', policy, cost: costOf(rate, usage) };
}

function unpaidResult(): ResultDraft {
  const usage = emptyUsage();
  return { usage, estimated: false, suspicious: false, outcome: 'failed', policy: 'not-delivered', cost: noMillipoints };
}
