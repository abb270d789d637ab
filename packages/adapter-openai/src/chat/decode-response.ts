import {
  type Block,
  type CanonicalResponse,
  type CodecContext,
  emptyUsage,
  type JsonObject,
  type ToolCallBlock,
  UpstreamError,
  verdictForKind,
} from '@tollgate/plugin-kit';
import { defined } from '../defined.js';
import { isObject } from '../request-fields.js';
import { readWireError, verdictOf } from '../wire-error.js';
import { audioBlock, readAudio } from './audio.js';
import { loseLogprobs, readAnnotations, readArguments, readImages, readSaid, readSources } from './choice-parts.js';
import { readSealedThinking, withSeals } from './sealed-thinking.js';
import { readSealContent } from './seals.js';
import { readFinishReason } from './stop-reason.js';
import { readChatUsage } from './usage.js';

/**
 * The first choice of a whole answer.
 * @throws UpstreamError if the body is an error, or holds no answer.
 */
export function decodeResponse(body: unknown, context: CodecContext): CanonicalResponse {
  const answer = isObject(body) ? body : {};
  const choice: unknown = Array.isArray(answer['choices']) ? answer['choices'][0] : undefined;
  const message: unknown = isObject(choice) ? choice['message'] : undefined;
  const error = readWireError(answer['error']) ?? readWireError(isObject(choice) ? choice['error'] : undefined);
  if (error !== undefined) throw new UpstreamError(verdictOf(error));
  if (!isObject(choice) || !isObject(message)) throw noAnswer();
  const usage = emptyUsage();
  readChatUsage(answer, usage);
  const said = readSaid(message);
  const toolCalls = readToolCalls(message, context);
  const callIds = new Set(toolCalls.map(({ id }) => id));
  const thinking = readSealedThinking(said.thinking, message['reasoning_details'], callIds, context);
  const blocks: Block[] = [];
  const audio = readAudio(message['audio']);
  const text = said.text + said.refusal || (audio?.transcript ?? '');
  const annotations = readAnnotations(message['annotations']);
  const citations = [...annotations, ...readSources(answer).filter(({ url }) => !annotations.some((one) => one.url === url))];
  if (text !== '') blocks.push({ type: 'text', text, ...(citations.length > 0 ? { citations } : {}) });
  blocks.push(...readImages(message['images']));
  if (audio !== undefined && audio.data !== '') blocks.push(audioBlock(audio.data));
  blocks.push(...toolCalls);
  loseLogprobs(choice, context);
  const finish = typeof choice['finish_reason'] === 'string' ? choice['finish_reason'] : 'stop';
  return {
    id: textOf(answer['id']),
    model: textOf(answer['model']),
    blocks: [...thinking.blocks, ...withSeals(blocks, thinking)],
    stop: readFinishReason(finish, { toolCall: toolCalls.length > 0, refusal: said.refusal !== '' }),
    usage,
  };
}

function noAnswer(): UpstreamError {
  return new UpstreamError(verdictForKind('server', 502, 'The upstream answered without a choice.', 'upstream_empty'));
}

function readToolCalls(message: JsonObject, context: CodecContext): readonly ToolCallBlock[] {
  const calls = Array.isArray(message['tool_calls']) ? message['tool_calls'] : [];
  const blocks = calls.filter(isObject).map((call) => readToolCall(call, context));
  const legacy = message['function_call'];
  if (blocks.length === 0 && isObject(legacy)) blocks.push(readToolCall({ function: legacy }, context));
  return blocks;
}

function readToolCall(call: JsonObject, context: CodecContext): ToolCallBlock {
  const { custom, function: called } = call;
  const id = textOf(call['id']) || context.newId('call_');
  const head = defined({ type: 'tool-call' as const, id, seal: readSealContent(call) });
  if (isObject(custom)) return { ...head, name: textOf(custom['name']), arguments: textOf(custom['input']), freeform: true };
  const declared = isObject(called) ? called : {};
  return { ...head, name: textOf(declared['name']), arguments: readArguments(declared['arguments']) || '{}' };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
