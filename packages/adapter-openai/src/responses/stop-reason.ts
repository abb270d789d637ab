import type { JsonObject, StopReason } from '@tollgate/plugin-kit';
import { isObject } from '../request-fields.js';
import type { Answer } from './wire.js';

type IncompleteReason = NonNullable<NonNullable<Answer['incomplete_details']>['reason']>;

const stopByReason: ReadonlyMap<unknown, StopReason> = new Map<unknown, StopReason>([
  ['max_output_tokens', 'length'],
  ['content_filter', 'filter'],
]);

/** Why the answer ended: its status says whether it is whole, and what it holds says the rest. */
export function readStop(answer: JsonObject, holds: { readonly toolCall: boolean; readonly refusal: boolean }): StopReason {
  if (answer['status'] === 'incomplete') {
    const details = answer['incomplete_details'];
    return stopByReason.get(isObject(details) ? details['reason'] : undefined) ?? 'length';
  }
  if (answer['status'] === 'cancelled') return 'error';
  if (holds.toolCall) return 'tool';
  return holds.refusal ? 'refusal' : 'end';
}

const reasonByStop: Readonly<Partial<Record<StopReason, IncompleteReason>>> = {
  length: 'max_output_tokens',
  error: 'max_output_tokens',
  filter: 'content_filter',
  refusal: 'content_filter',
};

/** How the answer's status tells the stop reason. `error` becomes the reason that tells a client that the answer is not whole. */
export function writeStop(stop: StopReason): Pick<Answer, 'status' | 'incomplete_details'> {
  const reason = reasonByStop[stop];
  return reason === undefined
    ? { status: 'completed', incomplete_details: null }
    : { status: 'incomplete', incomplete_details: { reason } };
}
