import type { Block, CodecContext, MediaBlock, TextBlock } from '@tollgate/plugin-kit';
import { encodeCacheMark, loseCacheMark } from '../chat/encode-cache-mark.js';
import { audioFormat } from '../chat/encode-content.js';
import type { CacheFields } from '../chat/wire.js';
import { mediaUrl } from '../media-url.js';
import { type InputPart, responsesDialectId, type ResultPart } from './wire.js';

/** What a user says: plain text where there is only one text, else parts. Undefined if nothing can be said. */
export function encodeContent(blocks: readonly Block[], model: string, context: CodecContext): string | InputPart[] | undefined {
  const parts = blocks.map((block) => encodePart(block, model, context)).filter((part) => part !== undefined);
  const [only] = parts;
  if (blocks.length === 1 && only?.type === 'input_text' && isPlain(only)) return only.text;
  return parts.length === 0 ? undefined : parts;
}

function isPlain(part: InputPart): boolean {
  return !('prompt_cache_breakpoint' in part);
}

/** What a tool gave back. */
export function encodeResult(blocks: readonly (TextBlock | MediaBlock)[], model: string, context: CodecContext): string | ResultPart[] {
  const content = encodeContent(blocks, model, context) ?? '';
  if (typeof content === 'string') return content;
  return content.filter((part): part is ResultPart => {
    if (part.type !== 'input_audio') return true;
    context.lose({ field: 'audio block', how: 'dropped', why: "A tool's result holds text, images and files only." });
    return false;
  });
}

/** What instructions say: one text, or parts where one of them bears a mark. */
export function encodeInstructions(blocks: readonly Block[], model: string, context: CodecContext): string | InputPart[] {
  const parts = blocks.flatMap((block): InputPart[] => {
    if (block.type !== 'text') return loseInText(block, model, context);
    // A mark on an empty text is a mark on nothing.
    const part = block.text === '' ? undefined : encodePart(block, model, context);
    return part === undefined ? [] : [part];
  });
  return parts.every(isPlain) ? parts.map((part) => (part.type === 'input_text' ? part.text : '')).join('\n\n') : parts;
}

/** What the assistant said: texts, whose marks and seals have no place here. */
export function textsOf(blocks: readonly Block[], model: string, context: CodecContext): readonly string[] {
  return blocks.flatMap((block) => {
    if (block.type !== 'text') return loseInText(block, model, context);
    loseSeal(block, context);
    if (block.cache !== undefined) loseCacheMark(model, context);
    return block.text === '' ? [] : [block.text];
  });
}

function encodePart(block: Block, model: string, context: CodecContext): InputPart | undefined {
  loseSeal(block, context);
  if (block.type === 'text') return { type: 'input_text', text: block.text, ...cacheFields(block, model, context) };
  if (block.type === 'media') {
    const part = encodeMedia(block, context);
    return part === undefined ? undefined : { ...part, ...cacheFields(block, model, context) };
  }
  if (block.cache !== undefined) loseCacheMark(model, context);
  if (block.type === 'opaque' && block.dialect === responsesDialectId) return block.data as InputPart;
  context.lose({ field: `${block.type} block`, how: 'dropped', why: 'This dialect has no place for it in a message.' });
  return undefined;
}

/** The vendor's mark, which all parts of a message take alike. */
function cacheFields({ cache }: Block, model: string, context: CodecContext): CacheFields {
  return encodeCacheMark(cache, 'media', model, context);
}

function loseInText(block: Block, model: string, context: CodecContext): [] {
  if (block.cache !== undefined) loseCacheMark(model, context);
  context.lose({ field: `${block.type} block`, how: 'dropped', why: 'Such a message holds text only in this dialect.' });
  return [];
}

function loseSeal(block: Block, context: CodecContext): void {
  if (block.seal !== undefined)
    context.lose({ field: 'seal', how: 'dropped', why: 'Only reasoning has a place for a seal in this dialect.' });
}

function encodeMedia(block: MediaBlock, context: CodecContext): InputPart | undefined {
  switch (block.media) {
    case 'image':
      return encodeImage(block, context) ?? loseMedia(block, context);
    case 'file':
      return encodeFile(block) ?? loseMedia(block, context);
    case 'audio':
      if (!('base64' in block.source)) return loseMedia(block, context);
      return { type: 'input_audio', input_audio: { data: block.source.base64, format: audioFormat(block.mimeType) } };
    case 'video':
      return loseMedia(block, context);
  }
}

function encodeImage(block: MediaBlock, context: CodecContext): InputPart | undefined {
  const fileId = vendorFileId(block);
  const url = mediaUrl(block);
  if (fileId !== undefined) return { type: 'input_image', detail: encodeDetail(block.detail, context), file_id: fileId };
  return url === undefined ? undefined : { type: 'input_image', detail: encodeDetail(block.detail, context), image_url: url };
}

const details = ['auto', 'low', 'high', 'original'] as const;

/** Servers that check what they get insist on a detail. */
function encodeDetail(detail: string | undefined, context: CodecContext): (typeof details)[number] {
  const known = details.find((one) => one === detail);
  if (known === undefined && detail !== undefined) {
    context.lose({ field: 'detail', how: 'dropped', why: `This dialect knows the details ${details.join(', ')}.` });
  }
  return known ?? 'auto';
}

function encodeFile(block: MediaBlock): InputPart | undefined {
  const named = block.filename === undefined ? {} : { filename: block.filename };
  const fileId = vendorFileId(block);
  if (fileId !== undefined) return { type: 'input_file', file_id: fileId, ...named };
  if ('url' in block.source) return { type: 'input_file', file_url: block.source.url, ...named };
  const url = mediaUrl(block);
  return url === undefined ? undefined : { type: 'input_file', file_data: url, filename: block.filename ?? 'file' };
}

function vendorFileId({ source }: MediaBlock): string | undefined {
  return 'fileId' in source && source.vendor === 'openai' ? source.fileId : undefined;
}

function loseMedia(block: MediaBlock, context: CodecContext): undefined {
  context.lose({ field: `${block.media} block`, how: 'dropped', why: 'This dialect cannot take media from such a source.' });
  return undefined;
}
