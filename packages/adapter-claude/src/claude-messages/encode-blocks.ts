import type { Block, CacheMark, CodecContext, TextBlock, ThinkingBlock, ToolResultBlock, Turn } from '@tollgate/plugin-kit';
import { encodeMedia } from './encode-media.js';
import { argumentsObject } from './tool-arguments.js';
import { type ContentBlockParam, dialectId, type TextBlockParam, vendor } from './wire.js';

type WireCache = { readonly cache_control?: { type: 'ephemeral'; ttl?: '5m' | '1h' } };

/** A block of a request; undefined where the vendor has no place for it, which is reported unless nothing is lost. */
export function encodeBlock(block: Block, role: Turn['role'], context: CodecContext): ContentBlockParam | undefined {
  if (block.seal !== undefined && block.type !== 'thinking') loseSeal(block.seal.vendor, context);
  switch (block.type) {
    case 'text':
      return encodeText(block, context);
    case 'thinking':
      return encodeThinkingBlock(block, context);
    case 'media': {
      if (role === 'assistant') return lose('media', 'Claude takes no media in turns of the assistant.', context);
      const media = encodeMedia(block, context);
      return media === undefined ? undefined : { ...media, ...cacheControl(block.cache) };
    }
    case 'tool-call':
      if (block.freeform === true)
        context.lose({ field: block.name, how: 'emulated', why: 'A call with plain text became one with JSON.' });
      return {
        type: 'tool_use',
        id: wireCallId(block.id),
        name: block.name,
        input: argumentsObject(block, context),
        ...cacheControl(block.cache),
      };
    case 'tool-result':
      return encodeToolResult(block, context);
    case 'opaque':
      if (block.dialect === dialectId) return block.data as ContentBlockParam;
      return lose('content', `Only ${block.dialect} knows this block.`, context);
  }
}

/** The vendor refuses text that is empty or blank. */
export function encodeText(block: TextBlock, context: CodecContext): TextBlockParam | undefined {
  if (block.text.trim() === '') return block.text === '' ? undefined : lose('text', 'Claude refuses blank text.', context);
  if (block.citations !== undefined) lose('citations', 'Claude takes back only citations that it made itself.', context);
  return { type: 'text', text: block.text, ...cacheControl(block.cache) };
}

/** The vendor takes back only thinking that it has signed. */
function encodeThinkingBlock({ seal, text, redacted }: ThinkingBlock, context: CodecContext): ContentBlockParam | undefined {
  if (seal === undefined) return lose('thinking', 'Claude takes back only thinking that it has signed.', context);
  if (seal.vendor !== vendor) return loseSeal(seal.vendor, context);
  return redacted === true ? { type: 'redacted_thinking', data: seal.value } : { type: 'thinking', thinking: text, signature: seal.value };
}

function encodeToolResult(block: ToolResultBlock, context: CodecContext): ContentBlockParam {
  const content = block.content
    .map((part) => (part.type === 'text' ? encodeText(part, context) : encodeMedia(part, context)))
    .filter((part) => part !== undefined);
  return {
    type: 'tool_result',
    tool_use_id: wireCallId(block.callId),
    ...(content.length > 0 ? { content } : {}),
    ...(block.failed === true ? { is_error: true } : {}),
    ...cacheControl(block.cache),
  };
}

/** The vendor takes `[a-zA-Z0-9_-]` only; some others put dots and colons into ids. Call and result change alike, so they still meet. */
function wireCallId(id: string): string {
  return id.replace(/[^\w-]/g, '_');
}

export function cacheControl(mark: CacheMark | undefined): WireCache {
  if (mark === undefined) return {};
  return { cache_control: { type: 'ephemeral', ...(mark.lifetime === undefined ? {} : { ttl: mark.lifetime }) } };
}

function loseSeal(sealVendor: string, context: CodecContext): undefined {
  return lose('seal', `Only ${sealVendor} can read it.`, context);
}

function lose(field: string, why: string, context: CodecContext): undefined {
  context.lose({ field, how: 'dropped', why });
}
