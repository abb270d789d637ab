import type { StopReason } from '@tollgate/plugin-kit';
import type { FinishReason } from './wire.js';

/** `error` becomes `length`: the one reason that tells a client that the answer is not whole. */
export const finishByStop: Readonly<Record<StopReason, FinishReason>> = {
  end: 'stop',
  'stop-sequence': 'stop',
  pause: 'stop',
  tool: 'stop',
  length: 'length',
  error: 'length',
  filter: 'content_filter',
  refusal: 'content_filter',
};

/** Without tools and refusals the vendor's word is all there is. */
export function readFinish(finish: unknown): StopReason {
  if (finish === 'length') return 'length';
  if (finish === 'error') return 'error';
  return finish === 'content_filter' ? 'filter' : 'end';
}
