import { requestCounters, type Usage, usageBuckets } from '@tollgate/plugin-kit';
import type { ClaimEnd, Idempotency } from '../modules/idempotency/index.js';
import type { PolicyFallback } from '../modules/settlement/index.js';
import type { CallCourse, CallResult } from './call-course.js';
import type { HeldCall } from './running-call.js';

/**
 * What becomes of the key of a call that is over, undefined where its client sent none: a whole answer is kept, if it is not too large; a call
 * that failed before any token was used leaves its key free, so that it can be tried again; of any other nothing can be given again, whether or
 * not it was charged: with a free key, whoever repeats it would burn as much again.
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
  return { state: isWhole || result.cost > 0n || usedAnything(result, course, reply) ? 'not-kept' : 'freed' };
}

/** Also by what the settlement policy charges nobody for: failed attempts, and answers that broke off. */
function usedAnything(result: CallResult, { attempts, end, meter }: CallCourse, { firstByteAt }: HeldCall['reply']): boolean {
  if (isUsed(result.usage) || attempts.some(({ usage }) => usage !== undefined && isUsed(usage))) return true;
  return end?.answered === true && (firstByteAt !== undefined || isUsed(meter?.statedUsage() ?? {}));
}

function isUsed(usage: Partial<Usage>): boolean {
  return [...usageBuckets, ...requestCounters].some((name) => (usage[name] ?? 0) > 0);
}
