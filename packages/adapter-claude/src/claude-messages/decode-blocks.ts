import {
  BadRequestError,
  type Block,
  type CacheMark,
  type CodecContext,
  type JsonObject,
  type MediaBlock,
  type MediaSource,
  type TextBlock,
  type ToolResultBlock,
} from '@tollgate/plugin-kit';
import { decodeCitations } from './citations.js';
import { loseUnknownMembers } from './losses.js';
import { withPlacedSeals } from './placed-seals.js';
import { optionalObject, optionalText, requiredText, wrongType } from './request-fields.js';
import { readSeal } from './seals.js';
import { isForeignServerTool } from './server-tool-uses.js';
import { dialectId, isObject, vendor } from './wire.js';

/** The content of a message: text, or a list of blocks. @throws BadRequestError naming the block. */
export function decodeContent(content: unknown, path: string, context: CodecContext): Block[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (!Array.isArray(content)) throw wrongType(path, 'text or a list of content blocks');
  return withPlacedSeals(content.flatMap((block: unknown, index) => decodeBlock(block, `${path}.${index}`, context)));
}

function decodeBlock(block: unknown, path: string, context: CodecContext): Block | readonly Block[] {
  if (!isObject(block)) throw wrongType(path, 'an object');
  switch (block.type) {
    case 'text':
      loseUnknownMembers(block, ['type', 'text', 'citations', 'cache_control'], path, context);
      return decodeText(block, path);
    case 'image':
      loseUnknownMembers(block, ['type', 'source', 'cache_control'], path, context);
      return { type: 'media', media: 'image', ...decodeSource(block, path), ...cacheOf(block, path) };
    case 'document':
      loseUnknownMembers(block, ['type', 'source', 'title', 'cache_control'], path, context);
      return decodeDocument(block, path, context);
    case 'tool_use':
      return decodeToolUse(block, path, context);
    case 'tool_result':
      loseUnknownMembers(block, ['type', 'tool_use_id', 'content', 'is_error', 'cache_control'], path, context);
      return decodeToolResult(block, path, context);
    case 'thinking':
      return { type: 'thinking', text: requiredText(block, 'thinking', path), ...sealOf(block.signature) };
    case 'redacted_thinking':
      return { type: 'thinking', text: '', redacted: true, ...sealOf(requiredText(block, 'data', path)) };
    default:
      requiredText(block, 'type', path);
      // Told to the client alone: the vendor whose tool it was does not want it back in these words.
      if (isForeignServerTool(block)) return [];
      return { type: 'opaque', dialect: dialectId, data: block };
  }
}

function decodeText(block: JsonObject, path: string): TextBlock {
  const citations = decodeCitations(block.citations);
  return { type: 'text', text: requiredText(block, 'text', path), ...(citations.length > 0 ? { citations } : {}), ...cacheOf(block, path) };
}

/** Plain text and lists of blocks inside a document become just that, since no other dialect has documents of text. */
function decodeDocument(block: JsonObject, path: string, context: CodecContext): readonly Block[] {
  const source = optionalObject(block, 'source', `${path}.source`);
  const isText = source?.type === 'text' || source?.type === 'content';
  if (!isText) {
    const title = optionalText(block, 'title', path);
    const filename = title === undefined ? {} : { filename: title };
    return [{ type: 'media', media: 'file', ...decodeSource(block, path), ...filename, ...cacheOf(block, path) }];
  }
  loseUnknownMembers({ title: block.title ?? null }, [], path, context);
  const blocks =
    source.type === 'text'
      ? [{ type: 'text' as const, text: requiredText(source, 'data', `${path}.source`) }]
      : decodeContent(source.content, `${path}.source.content`, context);
  const last = blocks.pop();
  return last === undefined ? [] : [...blocks, { ...last, ...cacheOf(block, path) }];
}

function decodeSource(block: JsonObject, path: string): Pick<MediaBlock, 'mimeType' | 'source'> {
  const at = `${path}.source`;
  const source = optionalObject(block, 'source', at);
  switch (source?.type) {
    case 'base64':
      return { mimeType: requiredText(source, 'media_type', at), source: { base64: requiredText(source, 'data', at) } };
    case 'url':
      return { source: { url: requiredText(source, 'url', at) } };
    case 'file':
      return { source: { fileId: requiredText(source, 'file_id', at), vendor } satisfies MediaSource };
    default:
      throw new BadRequestError(`${at}.type must be base64, url or file.`, `${at}.type`);
  }
}

function decodeToolUse(block: JsonObject, path: string, context: CodecContext): Block {
  const known = ['type', 'id', 'name', 'input', 'cache_control'];
  const calledByModel = isObject(block.caller) && block.caller.type === 'direct';
  loseUnknownMembers(block, calledByModel ? [...known, 'caller'] : known, path, context);
  return {
    type: 'tool-call',
    id: requiredText(block, 'id', path),
    name: requiredText(block, 'name', path),
    arguments: JSON.stringify(block.input ?? {}),
    ...cacheOf(block, path),
  };
}

function decodeToolResult(block: JsonObject, path: string, context: CodecContext): ToolResultBlock {
  const blocks = block.content === undefined || block.content === null ? [] : decodeContent(block.content, `${path}.content`, context);
  return {
    type: 'tool-result',
    callId: requiredText(block, 'tool_use_id', path),
    content: blocks.map((part, index) => resultPart(part, `${path}.content.${index}`, context)),
    ...(block.is_error === true ? { failed: true } : {}),
    ...cacheOf(block, path),
  };
}

/** Kinds that only Claude knows inside a result stay readable for the model: as the text of their JSON. */
function resultPart(part: Block, path: string, context: CodecContext): TextBlock | MediaBlock {
  if (part.type === 'text' || part.type === 'media') return part;
  context.lose({ field: path, how: 'coerced', why: 'Tool results carry text and media; this block became the text of its JSON.' });
  return { type: 'text', text: JSON.stringify(part.type === 'opaque' ? part.data : part) };
}

function sealOf(value: unknown): Pick<Block, 'seal'> {
  const seal = readSeal(value);
  return seal === undefined ? {} : { seal };
}

/** The mark of `cache_control`, ready to be spread into a block or a tool. */
export function cacheOf(object: JsonObject, path: string): { readonly cache?: CacheMark } {
  const control = optionalObject(object, 'cache_control', `${path}.cache_control`);
  if (control === undefined) return {};
  const { ttl } = control;
  return { cache: ttl === '5m' || ttl === '1h' ? { lifetime: ttl } : {} };
}
