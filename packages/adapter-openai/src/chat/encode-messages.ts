import type { Block, CanonicalRequest, CodecContext, ToolCallBlock, ToolResultBlock, Turn } from '@tollgate/plugin-kit';
import { freeformArguments } from '../freeform.js';
import { isOwnModel } from '../model-families.js';
import { loseCacheMark } from './encode-cache-mark.js';
import { encodeContent, encodeTexts } from './encode-content.js';
import { encodeCallSeal, encodeThinking, loseSeal } from './encode-thinking.js';
import type { AssistantMessage, Message, ToolCall } from './wire.js';

/** Turns as messages. Results of tools come first in their turn: they must follow the calls directly. */
export function encodeMessages(request: CanonicalRequest, context: CodecContext): Message[] {
  return request.turns.flatMap((turn) => encodeTurn(turn, request.model, context));
}

function encodeTurn(turn: Turn, model: string, context: CodecContext): Message[] {
  switch (turn.role) {
    case 'system': {
      const content = encodeTexts(turn.blocks, '\n\n', model, context);
      return content.length === 0 ? [] : [{ role: 'system', content }];
    }
    case 'user':
      return encodeUserTurn(turn.blocks, model, context);
    case 'assistant':
      return encodeAssistantTurn(turn.blocks, model, context);
  }
}

function encodeUserTurn(blocks: readonly Block[], model: string, context: CodecContext): Message[] {
  const results = blocks.filter((block) => block.type === 'tool-result');
  const said: Block[] = blocks.filter((block) => block.type !== 'tool-result');
  const messages: Message[] = results.map((result) => encodeResult(result, model, context));
  const attached: Block[] = results.flatMap((result) => result.content.filter((part) => part.type === 'media'));
  const content = encodeContent([...attached, ...said], model, context);
  // A turn stays a message even if nothing of it can be said: a conversation without any is refused.
  if (content !== undefined || results.length === 0) messages.push({ role: 'user', content: content ?? '' });
  return messages;
}

const attachedNote = 'The result is attached to the next message.';

/** Tool messages hold text only; pictures and files of a result follow in a message of the user. */
function encodeResult(result: ToolResultBlock, model: string, context: CodecContext): Message {
  const texts: Block[] = result.content.filter((part) => part.type === 'text');
  if (texts.length < result.content.length) {
    const why = 'A tool message holds text only: media follow in a user message.';
    context.lose({ field: 'tool-result.content', how: 'emulated', why });
  }
  if (result.failed === true) context.lose({ field: 'tool-result.failed', how: 'dropped', why: 'A tool message has no mark for failure.' });
  const content = encodeTexts(withMark(texts, result, model, context), '', model, context);
  const needsNote = content.length === 0 && result.content.length > texts.length;
  return { role: 'tool', tool_call_id: result.callId, content: needsNote ? attachedNote : content };
}

/** A mark on the whole result is one on its last text. */
function withMark(texts: readonly Block[], { cache }: ToolResultBlock, model: string, context: CodecContext): readonly Block[] {
  const last = texts.at(-1);
  if (cache === undefined) return texts;
  if (last !== undefined) return [...texts.slice(0, -1), { ...last, cache }];
  loseCacheMark(model, context);
  return texts;
}

function encodeAssistantTurn(blocks: readonly Block[], model: string, context: CodecContext): Message[] {
  const toolCalls = blocks.filter((block) => block.type === 'tool-call');
  const said = blocks.filter((block) => block.type !== 'tool-call' && block.type !== 'thinking');
  const thinking = encodeThinking(blocks, model, context);
  const content = encodeTexts(said, '', model, context);
  if (toolCalls.some(({ cache }) => cache !== undefined)) loseCacheMark(model, context);
  for (const { seal } of said) if (seal !== undefined) loseSeal(seal, context);
  if (content.length === 0 && toolCalls.length === 0) {
    if (Object.keys(thinking).length > 0) {
      context.lose({ field: 'thinking block', how: 'dropped', why: 'A message of thinking alone is refused.' });
    }
    return [];
  }
  const message: AssistantMessage = { role: 'assistant', content: content.length === 0 ? null : content, ...thinking };
  if (toolCalls.length > 0) {
    message.tool_calls = toolCalls.map((call, index) => ({
      ...encodeToolCall(call, model),
      ...encodeCallSeal(call, index === 0, model, context),
    }));
  }
  return [message];
}

function encodeToolCall(call: ToolCallBlock, model: string): ToolCall {
  if (call.freeform === true && !isOwnModel(model)) {
    return { id: call.id, type: 'function', function: { name: call.name, arguments: freeformArguments(call.arguments) } };
  }
  if (call.freeform === true) return { id: call.id, type: 'custom', custom: { name: call.name, input: call.arguments } };
  return { id: call.id, type: 'function', function: { name: call.name, arguments: call.arguments } };
}
