import type { Block, CodecContext, JsonObject, MediaBlock, ToolCallBlock, ToolResultBlock, Turn } from '@tollgate/plugin-kit';
import { drop, textIn } from '../wire.js';

/** A conversation as messages of the roles `system`, `user`, `assistant` and `tool` (API reference, `messages`). */
export function encodeMessages(turns: readonly Turn[], context: CodecContext): readonly JsonObject[] {
  return turns.flatMap(({ role, blocks }) => {
    for (const block of blocks) loseMarks(block, context);
    if (role === 'assistant') return assistantMessage(blocks, context);
    const results = blocks.filter((block) => block.type === 'tool-result');
    const content = blocks.flatMap((block) => encodePart(block, role, context));
    return [
      ...results.map((result) => toolMessage(result, context)),
      ...(content.length === 0 ? [] : [{ role, content: asShort(content) }]),
    ];
  });
}

function loseMarks({ cache, seal }: Block, context: CodecContext): void {
  if (cache !== undefined) drop('cache_control', 'Cohere has no prompt cache that requests could mark.', context);
  // Cohere signs nothing, so it has made no seal itself.
  if (seal !== undefined) drop('seal', `Only ${seal.vendor} can read it.`, context);
}

/** A single text stands by itself. */
function asShort(content: readonly JsonObject[]): unknown {
  const [only] = content;
  return content.length === 1 && only?.['type'] === 'text' ? only['text'] : content;
}

/** Words before a call of a tool are the plan to call it. */
function assistantMessage(blocks: readonly Block[], context: CodecContext): readonly JsonObject[] {
  const calls = blocks.filter((block) => block.type === 'tool-call');
  const content = blocks.flatMap((block) => encodePart(block, 'assistant', context));
  const isPlan = ({ type }: JsonObject): boolean => calls.length > 0 && type === 'text';
  const plan = content.filter(isPlan).map(({ text }) => textIn(text));
  const rest = content.filter((part) => !isPlan(part));
  if (calls.length + content.length === 0) return [];
  return [
    {
      role: 'assistant',
      ...(calls.length === 0 ? {} : { tool_calls: calls.map((call) => encodeCall(call, context)) }),
      ...(plan.length === 0 ? {} : { tool_plan: plan.join('\n') }),
      ...(rest.length === 0 ? {} : { content: asShort(rest) }),
    },
  ];
}

function encodePart(block: Block, role: Turn['role'], context: CodecContext): readonly JsonObject[] {
  switch (block.type) {
    case 'text':
      if (block.citations !== undefined) drop('citations', 'Cohere takes back only citations that it made itself.', context);
      return block.text === '' ? [] : [{ type: 'text', text: block.text }];
    case 'thinking':
      return block.text === '' ? [] : [{ type: 'thinking', thinking: block.text }];
    case 'media':
      return encodeMedia(block, role, context);
    case 'opaque':
      drop('content', `Only ${block.dialect} knows this block.`, context);
      return [];
    case 'tool-call':
    case 'tool-result':
      return [];
  }
}

/** Pictures by address or as data (user guide, "Image Inputs"); the chat takes no other media. */
function encodeMedia({ media, source, mimeType, detail }: MediaBlock, role: Turn['role'], context: CodecContext): readonly JsonObject[] {
  if (media !== 'image' || 'fileId' in source || role !== 'user') {
    const why = 'fileId' in source ? `The file is stored at ${source.vendor}.` : `Cohere takes no ${media} in a message of the ${role}.`;
    drop('media', why, context);
    return [];
  }
  const url = 'url' in source ? source.url : `data:${mimeType ?? 'image/png'};base64,${source.base64}`;
  return [{ type: 'image_url', image_url: { url, ...(detail === undefined ? {} : { detail }) } }];
}

function encodeCall(call: ToolCallBlock, context: CodecContext): JsonObject {
  if (call.freeform === true) context.lose({ field: call.name, how: 'emulated', why: 'A call with plain text became one with JSON.' });
  const written = call.freeform === true ? JSON.stringify({ input: call.arguments }) : call.arguments;
  return { id: call.id, type: 'function', function: { name: call.name, arguments: written.trim() === '' ? '{}' : written } };
}

function toolMessage({ callId, content, failed }: ToolResultBlock, context: CodecContext): JsonObject {
  if (failed === true) drop('is_error', 'Cohere has no mark for a tool that failed: its words have to say so.', context);
  const texts = content.flatMap((part) => {
    if (part.type === 'text') return [part.text];
    drop('media', 'Cohere takes no media from tools.', context);
    return [];
  });
  const text = texts.join('\n');
  // An empty message is refused.
  return { role: 'tool', tool_call_id: callId, content: text === '' ? '-' : text };
}
