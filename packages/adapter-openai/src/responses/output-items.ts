import {
  type Block,
  type CanonicalRequest,
  type Citation,
  type CodecContext,
  type Seal,
  type SealedPlace,
  type ToolCallBlock,
  wrapPlacedSeal,
} from '@tollgate/plugin-kit';
import { freeformText, isFreeformTool } from '../freeform.js';
import { sealForClient } from './seals.js';
import {
  type Annotation,
  type CustomCall,
  type FunctionCall,
  type ImageItem,
  type OutputItem,
  type OutputMessage,
  type OutputText,
  type ReasoningItem,
  responsesDialectId,
} from './wire.js';

/** The items of an answer, as whole answers hold them and streams announce them. */

export function messageItem(content: OutputText[], context: CodecContext, status: OutputMessage['status'] = 'completed'): OutputMessage {
  return { id: context.newId('msg_'), type: 'message', status, role: 'assistant', content };
}

export function textPart(text: string, citations: readonly Citation[] = []): OutputText {
  return { type: 'output_text', text, annotations: citations.map(encodeCitation), logprobs: [] };
}

/** Positions are unknown here: vendors that cite state the source, not the characters. */
export function encodeCitation({ url, title }: Citation): Annotation {
  return { type: 'url_citation', url: url ?? '', title: title ?? '', start_index: 0, end_index: 0 };
}

/** Thinking is shown as a summary, the only form of it that clients of this dialect show to people. */
export function reasoningItem(text: string, seal: Seal | undefined, context: CodecContext): ReasoningItem {
  return {
    id: context.newId('rs_'),
    type: 'reasoning',
    summary: text === '' ? [] : [{ type: 'summary_text', text }],
    encrypted_content: sealForClient(seal),
  };
}

/**
 * Only reasoning has a place for a seal here. One on a text or a tool call gets a reasoning item of its own, which clients send back unread
 * with the next request.
 */
export function sealItem(seal: Seal, place: SealedPlace, context: CodecContext): ReasoningItem {
  return { id: context.newId('rs_'), type: 'reasoning', summary: [], encrypted_content: wrapPlacedSeal(seal, place) };
}

/** A call with its arguments; `isEmulated` where the caller's plain-text tool was offered to the upstream as a function. */
export function callItem(
  call: Omit<ToolCallBlock, 'type' | 'seal'>,
  isEmulated: boolean,
  context: CodecContext,
): (FunctionCall & { id: string }) | (CustomCall & { id: string }) {
  const { id, name, arguments: given, freeform } = call;
  if (freeform === true) return { id: context.newId('ctc_'), type: 'custom_tool_call', call_id: id, name, input: given };
  if (isEmulated) return { id: context.newId('ctc_'), type: 'custom_tool_call', call_id: id, name, input: freeformText(given) };
  return { id: context.newId('fc_'), type: 'function_call', status: 'completed', arguments: given, call_id: id, name };
}

/** The item of a block that arrives whole; undefined, and said, where this dialect has none. */
export function wholeItem(block: Block, context: CodecContext): OutputItem | undefined {
  if (block.type === 'opaque' && block.dialect === responsesDialectId) return block.data as OutputItem;
  if (block.type === 'media' && block.media === 'image' && 'base64' in block.source) return imageItem(block.source.base64, context);
  context.lose({ field: `${block.type} block`, how: 'dropped', why: 'This dialect has no place for it in an answer.' });
  return undefined;
}

function imageItem(base64: string, context: CodecContext): ImageItem {
  return { id: context.newId('ig_'), type: 'image_generation_call', status: 'completed', result: base64 };
}

/** All items of a whole answer. */
export function outputItems(blocks: readonly Block[], request: CanonicalRequest, context: CodecContext): OutputItem[] {
  const items: OutputItem[] = [];
  let message: OutputMessage | undefined;
  for (const block of blocks) {
    if (block.type === 'text') {
      if (message === undefined) items.push((message = messageItem([], context)));
      message.content.push(textPart(block.text, block.citations));
      if (block.seal === undefined) continue;
      items.push(sealItem(block.seal, 'text', context));
      message = undefined;
      continue;
    }
    message = undefined;
    items.push(...itemsOf(block, request, context));
  }
  return items;
}

function itemsOf(block: Block, request: CanonicalRequest, context: CodecContext): readonly OutputItem[] {
  if (block.type === 'thinking') return [reasoningItem(block.text, block.seal, context)];
  if (block.type === 'tool-call') {
    const item = callItem(block, isFreeformTool(request, block.name), context);
    return block.seal === undefined ? [item] : [item, sealItem(block.seal, { callId: block.id }, context)];
  }
  const whole = wholeItem(block, context);
  return whole === undefined ? [] : [whole];
}
