import {
  type Block,
  type CanonicalResponse,
  type CodecContext,
  emptyUsage,
  type JsonObject,
  objectIn,
  objectsIn,
  UpstreamError,
  verdictForKind,
} from '@tollgate/plugin-kit';
import { decodeCitation } from './citations.js';
import { decodeStopReason, stopSequenceIn } from './stop-reason.js';
import { usageReader } from './usage.js';
import { drop, textIn, vendor } from './wire.js';

/** @throws UpstreamError if the body holds no message. */
export function decodeResponse(body: unknown, context: CodecContext): CanonicalResponse {
  const answer = objectIn(body);
  const message = objectIn(objectIn(answer?.['output'])?.['message']);
  if (answer === undefined || message === undefined)
    throw new UpstreamError(verdictForKind('server', 502, 'The upstream sent no message.', 'upstream_invalid_response'));
  const usage = emptyUsage();
  usageReader.read(answer, usage);
  const stopSequence = stopSequenceIn(answer['additionalModelResponseFields']);
  return {
    id: context.newId('msg_'),
    // Answers do not name their model.
    model: context.model.id,
    blocks: objectsIn(message['content']).flatMap((block) => decodeBlock(block, context)),
    stop: decodeStopReason(answer['stopReason']),
    ...(stopSequence === undefined ? {} : { stopSequence }),
    usage,
  };
}

function decodeBlock(block: JsonObject, context: CodecContext): readonly Block[] {
  const [toolUse, reasoning, cited] = ['toolUse', 'reasoningContent', 'citationsContent'].map((name) => objectIn(block[name]));
  if (typeof block['text'] === 'string') return [{ type: 'text', text: block['text'] }];
  if (toolUse !== undefined) {
    const id = textIn(toolUse['toolUseId']) || context.newId('tooluse_');
    return [{ type: 'tool-call', id, name: textIn(toolUse['name']), arguments: JSON.stringify(toolUse['input'] ?? {}) }];
  }
  if (reasoning !== undefined) return [decodeReasoning(reasoning)];
  if (cited !== undefined) return [decodeCited(cited)];
  for (const kind of Object.keys(block)) drop(kind, 'Only Bedrock knows this part of the answer.', context);
  return [];
}

function decodeReasoning(reasoning: JsonObject): Block {
  const { redactedContent } = reasoning;
  if (typeof redactedContent === 'string') return { type: 'thinking', text: '', redacted: true, seal: { vendor, value: redactedContent } };
  const { text, signature } = objectIn(reasoning['reasoningText']) ?? {};
  const isSigned = typeof signature === 'string' && signature !== '';
  return { type: 'thinking', text: textIn(text), ...(isSigned ? { seal: { vendor, value: signature } } : {}) };
}

function decodeCited(cited: JsonObject): Block {
  const citations = objectsIn(cited['citations']).map(decodeCitation);
  const text = objectsIn(cited['content'])
    .map((part) => textIn(part['text']))
    .join('');
  return { type: 'text', text, ...(citations.length > 0 ? { citations } : {}) };
}
