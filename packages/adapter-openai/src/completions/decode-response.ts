import { type Block, type CanonicalResponse, type CodecContext, emptyUsage, UpstreamError, verdictForKind } from '@tollgate/plugin-kit';
import { loseLogprobs } from '../chat/choice-parts.js';
import { readChatUsage } from '../chat/usage.js';
import { isObject } from '../request-fields.js';
import { readWireError, verdictOf } from '../wire-error.js';
import { readFinish } from './stop-reason.js';

/**
 * The first choice of a whole answer.
 * @throws UpstreamError if the body is an error, or holds no answer.
 */
export function decodeResponse(body: unknown, context: CodecContext): CanonicalResponse {
  const answer = isObject(body) ? body : {};
  const choice: unknown = Array.isArray(answer['choices']) ? answer['choices'][0] : undefined;
  const error = readWireError(answer['error']) ?? readWireError(isObject(choice) ? choice['error'] : undefined);
  if (error !== undefined) throw new UpstreamError(verdictOf(error));
  if (!isObject(choice) || typeof choice['text'] !== 'string') {
    throw new UpstreamError(verdictForKind('server', 502, 'The upstream answered without a choice.', 'upstream_empty'));
  }
  const usage = emptyUsage();
  readChatUsage(answer, usage);
  loseLogprobs(choice, context);
  const { id, model } = answer;
  const { text } = choice;
  const blocks: readonly Block[] = text === '' ? [] : [{ type: 'text', text }];
  return {
    id: typeof id === 'string' ? id : '',
    model: typeof model === 'string' ? model : '',
    blocks,
    stop: readFinish(choice['finish_reason']),
    usage,
  };
}
