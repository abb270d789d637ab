import { requestCounters, type Usage, usageBuckets } from '@tollgate/plugin-kit';
import type { ClaimEnd, Idempotency } from '../modules/idempotency/index.js';
import type { PolicyFallback } from '../modules/settlement/index.js';
import type { CallResult } from './call-course.js';
import type { HeldCall } from './running-call.js';

/**
 * What becomes of the key of a call that is over, undefined where its client sent none: a whole answer is kept, if it is not too large; a call
 * that was charged nothing leaves its key free, so that it can be tried again; of any other nothing can be given again.
 */
export function claimEndOf(
  { call, course, reply, holdId }: HeldCall,
  result: CallResult,
  undrained: PolicyFallback | undefined,
  seal: Idempotency['seal'],
): ClaimEnd | undefined {
  if (call.claim === undefined) return undefined;
  const { end } = course;
  const isWhole = end?.answered === true && (end.ending === 'complete' || (end.drained !== undefined && undrained === undefined));
  const answer = isWhole ? reply.capture?.answer : undefined;
  if (answer !== undefined) return { state: 'kept', answer: seal(call.claim.id, holdId, answer) };
  return { state: isWhole || result.cost > 0n || isUsed(result.usage) ? 'not-kept' : 'freed' };
}

function isUsed(usage: Usage): boolean {
  return usageBuckets.some((bucket) => usage[bucket] > 0) || requestCounters.some((counter) => (usage[counter] ?? 0) > 0);
}
