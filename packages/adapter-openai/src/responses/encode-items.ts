import type { Block, CodecContext, ThinkingBlock, ToolCallBlock, ToolResultBlock, Turn } from '@tollgate/plugin-kit';
import { encodeContent, encodeResult, textsOf } from './encode-content.js';
import { sealForVendor } from './seals.js';
import { type InputItem, type ReasoningInput, responsesDialectId } from './wire.js';

/** Turns as items of `input`. Results of tools come first in their turn: they must follow the calls directly. */
export function encodeItems(turns: readonly Turn[], context: CodecContext): InputItem[] {
  const freeformCalls = new Set(
    turns.flatMap(({ blocks }) => blocks.filter((block) => block.type === 'tool-call' && block.freeform === true)).map(callIdOf),
  );
  return turns.flatMap((turn) => {
    switch (turn.role) {
      case 'system':
        return encodeSystem(turn.blocks, context);
      case 'user':
        return encodeUser(turn.blocks, freeformCalls, context);
      case 'assistant':
        return encodeAssistant(turn.blocks, context);
    }
  });
}

function callIdOf(block: Block): string {
  return block.type === 'tool-call' ? block.id : '';
}

function encodeSystem(blocks: readonly Block[], context: CodecContext): InputItem[] {
  const content = systemText(blocks, context);
  return content === '' ? [] : [{ type: 'message', role: 'system', content }];
}

/** What instructions say, as one text. */
export function systemText(blocks: readonly Block[], context: CodecContext): string {
  return textsOf(blocks, context).join('\n\n');
}

function encodeUser(blocks: readonly Block[], freeformCalls: ReadonlySet<string>, context: CodecContext): InputItem[] {
  const items: InputItem[] = [];
  const said: Block[] = [];
  for (const block of blocks) {
    if (block.type === 'tool-result') items.push(encodeToolResult(block, freeformCalls, context));
    else if (isOwnItem(block)) items.push(block.data as InputItem);
    else said.push(block);
  }
  const content = encodeContent(said, context);
  if (content !== undefined && content !== '') items.push({ type: 'message', role: 'user', content });
  return items;
}

function encodeToolResult(result: ToolResultBlock, freeformCalls: ReadonlySet<string>, context: CodecContext): InputItem {
  if (result.failed === true) context.lose({ field: 'tool-result.failed', how: 'dropped', why: 'A result has no mark for failure.' });
  const output = encodeResult(result.content, context);
  const isFreeform = freeformCalls.has(result.callId);
  return isFreeform
    ? { type: 'custom_tool_call_output', call_id: result.callId, output }
    : { type: 'function_call_output', call_id: result.callId, output };
}

/** A part of a message and an item of its own are told apart by their names: parts begin with `input_` or `output_`. */
function isOwnItem(block: Block): block is Extract<Block, { type: 'opaque' }> {
  if (block.type !== 'opaque' || block.dialect !== responsesDialectId) return false;
  const type = (block.data as { readonly type?: unknown } | null)?.type;
  return typeof type === 'string' && !/^(?:input|output)_/.test(type);
}

function encodeAssistant(blocks: readonly Block[], context: CodecContext): InputItem[] {
  const items: InputItem[] = [];
  let texts: string[] = [];
  const endMessage = (): void => {
    const [only] = texts;
    if (only === undefined) return;
    const content = texts.length === 1 ? only : texts.map((text) => ({ type: 'output_text' as const, text }));
    items.push({ type: 'message', role: 'assistant', content });
    texts = [];
  };
  for (const block of blocks) {
    if (block.type === 'thinking' || block.type === 'tool-call' || isOwnItem(block)) {
      endMessage();
      const item = encodeAction(block, context);
      if (item !== undefined) items.push(item);
    } else texts.push(...textsOf([block], context));
  }
  endMessage();
  return items;
}

function encodeAction(block: Block, context: CodecContext): InputItem | undefined {
  if (block.type === 'thinking') return encodeThinking(block, context);
  return block.type === 'tool-call' ? encodeToolCall(block, context) : ((block as { readonly data: unknown }).data as InputItem);
}

/** The vendor keeps no reasoning of ours, so only reasoning that it can read back from its own seal may be sent. */
function encodeThinking(block: ThinkingBlock, context: CodecContext): ReasoningInput | undefined {
  const sealed = sealForVendor(block.seal);
  if (sealed === undefined) {
    const why = 'Only reasoning that this vendor sealed itself can be sent back.';
    context.lose({ field: block.seal === undefined ? 'thinking block' : 'seal', how: 'dropped', why });
    return undefined;
  }
  return {
    type: 'reasoning',
    summary: block.text === '' ? [] : [{ type: 'summary_text', text: block.text }],
    encrypted_content: sealed,
  };
}

function encodeToolCall(call: ToolCallBlock, context: CodecContext): InputItem {
  if (call.seal !== undefined) context.lose({ field: 'seal', how: 'dropped', why: 'A tool call has no place for a seal in this dialect.' });
  const { id, name, arguments: given } = call;
  return call.freeform === true
    ? { type: 'custom_tool_call', call_id: id, name, input: given }
    : { type: 'function_call', call_id: id, name, arguments: given };
}
