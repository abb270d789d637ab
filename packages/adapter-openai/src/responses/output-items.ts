import {
  type Block,
  type CanonicalRequest,
  type Citation,
  type CodecContext,
  type Seal,
  type SealedPlace,
  type ThinkingBlock,
  type ToolCallBlock,
  wrapPlacedSeal,
} from '@tollgate/plugin-kit';
import { freeformArguments, freeformText, isFreeformTool } from '../freeform.js';
import { declaredName } from './namespaces.js';
import { sealForClient } from './seals.js';
import { serverToolItem } from './server-tool-items.js';
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

/**
 * Thinking is shown as a summary, the only form of it that clients of this dialect show to people. Sealed thinking of which nothing is said
 * has an empty one: without, it would come back as if its vendor had redacted it, and some want to know which it was.
 */
export function reasoningItem({ text, seal, redacted }: Omit<ThinkingBlock, 'type'>, context: CodecContext): ReasoningItem {
  const hasSummary = text !== '' || (seal !== undefined && redacted !== true);
  return {
    id: context.newId('rs_'),
    type: 'reasoning',
    summary: hasSummary ? [{ type: 'summary_text', text }] : [],
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

/** How the caller knows the tool that is called, whatever the upstream took it for. */
export interface CalledTool {
  readonly name: string;
  readonly namespace?: string;
  readonly isFreeform: boolean;
}

export function calledTool(request: CanonicalRequest, name: string): CalledTool {
  return { ...declaredName(request, name), isFreeform: isFreeformTool(request, name) };
}

/** A call of a tool; `content` is what {@link callContent} says. */
export function callItem(
  callId: string,
  { isFreeform, ...named }: CalledTool,
  content: string,
  context: CodecContext,
  status: 'completed' | 'in_progress' = 'completed',
): (FunctionCall & { id: string }) | (CustomCall & { id: string }) {
  if (isFreeform) return { id: context.newId('ctc_'), type: 'custom_tool_call', call_id: callId, ...named, input: content };
  return { id: context.newId('fc_'), type: 'function_call', status, arguments: content, call_id: callId, ...named };
}

/** What the tool gets: plain text if the caller declared it so, else JSON. */
export function callContent({ arguments: given, freeform }: Pick<ToolCallBlock, 'arguments' | 'freeform'>, isFreeform: boolean): string {
  if (isFreeform) return freeform === true ? given : freeformText(given);
  return freeform === true ? freeformArguments(given) : given;
}

/** The item of a block that arrives whole; undefined, and said, where this dialect has none. */
export function wholeItem(block: Block, context: CodecContext): OutputItem | undefined {
  if (block.type === 'opaque' && block.dialect === responsesDialectId) return block.data as OutputItem;
  if (block.type === 'opaque' && block.use !== undefined) return serverToolItem(block.use, context);
  if (block.type === 'opaque' && block.toldLater === true) return undefined;
  if (block.type === 'media' && block.media === 'image' && 'base64' in block.source) return imageItem(block.source.base64, context);
  context.lose({ field: `${block.type} block`, how: 'dropped', why: 'This dialect has no place for it in an answer.' });
  return undefined;
}

function imageItem(base64: string, context: CodecContext): ImageItem {
  return { id: context.newId('ig_'), type: 'image_generation_call', status: 'completed', result: base64 };
}

/** All items of a whole answer. Texts that follow one another share a message. */
export function outputItems(blocks: readonly Block[], request: CanonicalRequest, context: CodecContext): OutputItem[] {
  const items: OutputItem[] = [];
  let message: OutputMessage | undefined;
  for (const block of blocks) {
    if (block.type === 'text') {
      if (message === undefined) items.push((message = messageItem([], context)));
      message.content.push(textPart(block.text, block.citations));
    }
    const others = itemsOf(block, request, context);
    if (others.length > 0) message = undefined;
    items.push(...others);
  }
  return items;
}

/** What of a block is not part of a message. */
function itemsOf(block: Block, request: CanonicalRequest, context: CodecContext): readonly OutputItem[] {
  switch (block.type) {
    case 'text':
      return block.seal === undefined ? [] : [sealItem(block.seal, 'text', context)];
    case 'thinking':
      return [reasoningItem(block, context)];
    case 'tool-call': {
      const tool = calledTool(request, block.name);
      const item = callItem(block.id, tool, callContent(block, tool.isFreeform), context);
      return block.seal === undefined ? [item] : [item, sealItem(block.seal, { callId: block.id }, context)];
    }
    default: {
      const whole = wholeItem(block, context);
      return whole === undefined ? [] : [whole];
    }
  }
}
