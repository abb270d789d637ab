import {
  type Block,
  type CanonicalResponse,
  type Citation,
  type CodecContext,
  emptyUsage,
  type JsonObject,
  objectIn,
  objectsIn,
  UpstreamError,
  verdictForKind,
} from '@tollgate/plugin-kit';
import { textIn } from '../wire.js';
import { citedPart, decodeCitation } from './citations.js';
import { decodeStopReason, failureIn } from './stop-reason.js';
import { usageReader } from './usage.js';

/** @throws UpstreamError if the body holds no message, or says that it could not be finished. */
export function decodeResponse(body: unknown, context: CodecContext): CanonicalResponse {
  const answer = objectIn(body) ?? {};
  const message = objectIn(answer['message']);
  if (message === undefined)
    throw new UpstreamError(verdictForKind('server', 502, 'The upstream sent no message.', 'upstream_invalid_response'));
  const failure = failureIn(answer);
  if (failure !== undefined) throw new UpstreamError(failure);
  const usage = emptyUsage();
  usageReader.read(answer, usage);
  return {
    id: textIn(answer['id']) || context.newId('msg_'),
    // Answers do not name their model.
    model: context.model.id,
    blocks: decodeBlocks(message, context),
    stop: decodeStopReason(answer['finish_reason']),
    usage,
  };
}

function decodeBlocks(message: JsonObject, context: CodecContext): readonly Block[] {
  const plan = textIn(message['tool_plan']);
  const content = objectsIn(message['content']);
  const texts = content.filter(isText);
  return [
    ...content.flatMap((part) => decodeContent(part, citationsOf(part, message, content, texts))),
    ...(plan === ''
      ? []
      : [
          textBlock(
            plan,
            citationsFor(message, (citation) => citedPart(citation) === 'plan'),
          ),
        ]),
    ...objectsIn(message['tool_calls']).map((call) => decodeCall(call, context)),
  ];
}

/** Citations name the content that they are about; where they do not, they are about the last text. */
function citationsOf(
  part: JsonObject,
  message: JsonObject,
  content: readonly JsonObject[],
  texts: readonly JsonObject[],
): readonly Citation[] {
  return citationsFor(message, (citation) => {
    const named = typeof citation['content_index'] === 'number' ? content[citation['content_index']] : undefined;
    const cited = named !== undefined && isText(named) ? named : texts.at(-1);
    return citedPart(citation) === 'text' && cited === part;
  });
}

function citationsFor(message: JsonObject, isFor: (citation: JsonObject) => boolean): readonly Citation[] {
  return objectsIn(message['citations']).filter(isFor).flatMap(decodeCitation);
}

function isText({ text }: JsonObject): boolean {
  return typeof text === 'string';
}

function decodeContent(part: JsonObject, citations: readonly Citation[]): readonly Block[] {
  const { text, thinking } = part;
  if (typeof thinking === 'string') return thinking === '' ? [] : [{ type: 'thinking', text: thinking }];
  return typeof text === 'string' && text !== '' ? [textBlock(text, citations)] : [];
}

function textBlock(text: string, citations: readonly Citation[]): Block {
  return { type: 'text', text, ...(citations.length > 0 ? { citations } : {}) };
}

/** The plan that came before a call, and its arguments, are text (user guide, "Basic usage of tool use"). */
function decodeCall(call: JsonObject, context: CodecContext): Block {
  const { name, arguments: written } = objectIn(call['function']) ?? {};
  return {
    type: 'tool-call',
    id: textIn(call['id']) || context.newId('call_'),
    name: textIn(name),
    arguments: textIn(written) || '{}',
  };
}
