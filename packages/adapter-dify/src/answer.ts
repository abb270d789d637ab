import {
  type CanonicalResponse,
  type Citation,
  type CodecContext,
  emptyUsage,
  type JsonObject,
  objectIn,
  objectsIn,
  tokenCount,
  UpstreamError,
  type Usage,
  type UsageReader,
  verdictForKind,
} from '@tollgate/plugin-kit';
import { verdictOf } from './failures.js';

/** What the app's model used stands in the metadata of the last event, or of the whole answer. */
export const usageReader: UsageReader = {
  needles: ['"usage":{', '"usage": {'],
  keep: 'last',
  read(json, into) {
    const stated = statedUsage(json);
    if (stated !== undefined) readUsage(stated, into);
  },
  stated: statedUsage,
};

function statedUsage(json: unknown): JsonObject | undefined {
  return objectIn(objectIn(objectIn(json)?.['metadata'])?.['usage']);
}

function readUsage({ prompt_tokens: input, completion_tokens: output }: JsonObject, into: Partial<Usage>): void {
  into.inputText = tokenCount(input);
  into.outputText = tokenCount(output);
}

/** The documents that the app has quoted. */
export function citationsIn(metadata: unknown): readonly Citation[] {
  return objectsIn(objectIn(metadata)?.['retriever_resources']).map(({ document_name: title, content: quote }) => ({
    ...(typeof title === 'string' ? { title } : {}),
    ...(typeof quote === 'string' ? { quote } : {}),
  }));
}

export function textIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** @throws UpstreamError if the body is an error, or holds no answer. */
export function decodeResponse(body: unknown, context: CodecContext): CanonicalResponse {
  const answer = objectIn(body) ?? {};
  const failure = verdictOf(answer);
  if (failure !== undefined) throw new UpstreamError(failure);
  if (typeof answer['answer'] !== 'string')
    throw new UpstreamError(verdictForKind('server', 502, 'The upstream sent no answer.', 'upstream_invalid_response'));
  const usage = emptyUsage();
  usageReader.read(answer, usage);
  const citations = citationsIn(answer['metadata']);
  return {
    id: textIn(answer['message_id']) || textIn(answer['id']) || context.newId('msg_'),
    // An app does not say which model it has.
    model: context.model.id,
    blocks: [{ type: 'text', text: answer['answer'], ...(citations.length > 0 ? { citations } : {}) }],
    stop: 'end',
    usage,
  };
}
