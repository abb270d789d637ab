import { type CanonicalResponse, type CodecContext, emptyUsage, UpstreamError, type Verdict, verdictForKind } from '@tollgate/plugin-kit';
import { isObject } from '../request-fields.js';
import { readWireError, verdictOf } from '../wire-error.js';
import { decodeOutputItem, isRefusal, listOf, textOf } from './decode-output.js';
import { readStop } from './stop-reason.js';
import { readResponsesUsage } from './usage.js';

/**
 * A whole answer.
 * @throws UpstreamError if the body is an error, or holds no answer.
 */
export function decodeResponse(body: unknown, context: CodecContext): CanonicalResponse {
  const answer = isObject(body) ? body : {};
  const error = readWireError(answer['error']);
  if (error !== undefined) throw new UpstreamError(verdictOf(error));
  if (answer['status'] === 'failed' || !Array.isArray(answer['output'])) throw new UpstreamError(noAnswer());
  const items = listOf(answer['output']);
  const blocks = items.filter(isObject).flatMap((item) => decodeOutputItem(item, context));
  const usage = emptyUsage();
  readResponsesUsage(answer, usage);
  const toolCall = blocks.some(({ type }) => type === 'tool-call');
  return {
    id: textOf(answer['id']),
    model: textOf(answer['model']),
    blocks,
    stop: readStop(answer, { toolCall, refusal: items.some(isRefusal) }),
    usage,
  };
}

function noAnswer(): Verdict {
  return verdictForKind('server', 502, 'The upstream failed without giving an answer.', 'upstream_empty');
}
