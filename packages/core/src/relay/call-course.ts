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
  const told = { ...(verdict === undefined ? {} : { verdict }), ...(failure === undefined ? {} : { failure }) };
  const reached = end?.answered === true && meter !== undefined && (end.ending !== 'client-gone' || meter.delivered || meter.stated);
  if (!reached) {
    return {
      usage: emptyUsage(),
      estimated: false,
      suspicious: false,
      outcome: clientGone ? 'aborted' : 'failed',
      policy: 'not-delivered',
      cost: noMillipoints,
      ...told,
    };
  }
  const metered = meter.result(end.ending === 'complete');
  const outcome = clientGone ? 'aborted' : end.ending === 'complete' ? 'ok' : 'failed';
  return {
    ...metered,
    outcome,
    policy: metered.estimated ? 'estimated-usage' : 'upstream-usage',
    cost: costOf(rate, metered.usage),
    ...told,
  };
}
