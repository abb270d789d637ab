import type { Block, CodecContext, MediaBlock } from '@tollgate/plugin-kit';
import { mediaUrl } from '../media-url.js';
import { encodeCacheMark, loseCacheMark } from './encode-cache-mark.js';
import { loseSeal } from './encode-thinking.js';
import { type ContentPart, chatDialectId, type TextPart } from './wire.js';

/** A user message's content: plain text where there is only one text, else parts. Undefined if nothing can be said. */
export function encodeContent(blocks: readonly Block[], model: string, context: CodecContext): string | ContentPart[] | undefined {
  const parts = blocks.map((block) => encodePart(block, model, context)).filter((part) => part !== undefined);
  const [only] = parts;
  if (blocks.length === 1 && only?.type === 'text' && isPlain(only)) return only.text;
  return parts.length === 0 ? undefined : parts;
}

function isPlain(part: TextPart): boolean {
  return Object.keys(part).length === 2;
}

function encodePart(block: Block, model: string, context: CodecContext): ContentPart | undefined {
  if (block.seal !== undefined) loseSeal(block.seal, context);
  if (block.type === 'text') return { type: 'text', text: block.text, ...encodeCacheMark(block.cache, 'text', model, context) };
  if (block.type === 'media') {
    const part = encodeMedia(block, context);
    return part === undefined ? undefined : { ...part, ...encodeCacheMark(block.cache, 'media', model, context) };
  }
  if (block.cache !== undefined) loseCacheMark(model, context);
  if (block.type === 'opaque' && block.dialect === chatDialectId) return block.data as ContentPart;
  context.lose({ field: `${block.type} block`, how: 'dropped', why: 'This dialect has no place for it in a user message.' });
  return undefined;
}

function encodeMedia(block: MediaBlock, context: CodecContext): ContentPart | undefined {
  const url = mediaUrl(block);
  switch (block.media) {
    case 'image':
      if (url === undefined) break;
      return { type: 'image_url', image_url: { url, ...encodeDetail(block.detail, context) } };
    case 'video':
      if (url === undefined) break;
      return { type: 'video_url', video_url: { url } };
    case 'audio':
      if (!('base64' in block.source)) break;
      return { type: 'input_audio', input_audio: { data: block.source.base64, format: audioFormat(block.mimeType) } };
    case 'file':
      return encodeFile(block, url, context);
  }
  return loseMedia(block, context);
}

function encodeFile(block: MediaBlock, url: string | undefined, context: CodecContext): ContentPart | undefined {
  if ('base64' in block.source && url !== undefined) {
    return { type: 'file', file: { file_data: url, filename: block.filename ?? 'file' } };
  }
  if ('fileId' in block.source && block.source.vendor === 'openai') {
    return { type: 'file', file: { file_id: block.source.fileId, ...(block.filename === undefined ? {} : { filename: block.filename }) } };
  }
  return loseMedia(block, context);
}

function loseMedia(block: MediaBlock, context: CodecContext): undefined {
  context.lose({ field: `${block.media} block`, how: 'dropped', why: 'This dialect cannot take media from such a source.' });
  return undefined;
}

function encodeDetail(detail: string | undefined, context: CodecContext): { detail?: 'auto' | 'low' | 'high' } {
  if (detail === 'auto' || detail === 'low' || detail === 'high') return { detail };
  if (detail !== undefined) context.lose({ field: 'detail', how: 'dropped', why: 'This dialect knows the details auto, low and high.' });
  return {};
}

/** The vendor documents wav and mp3; compatible servers take more under their own names. */
export function audioFormat(mimeType: string | undefined): 'wav' | 'mp3' {
  const subtype = mimeType?.split('/')[1] ?? 'wav';
  return (subtype === 'mpeg' ? 'mp3' : subtype.replace(/^x-/, '')) as 'wav' | 'mp3';
}

/**
 * Content of a message that holds text only: one string, with `separator` between the texts, or parts where one of them bears a mark.
 * Everything else is reported.
 */
export function encodeTexts(blocks: readonly Block[], separator: string, model: string, context: CodecContext): string | TextPart[] {
  const parts = blocks.flatMap((block): TextPart[] => {
    if (block.type === 'text') {
      // A mark on an empty text is a mark on nothing: the vendors refuse it.
      return block.text === '' ? [] : [{ type: 'text', text: block.text, ...encodeCacheMark(block.cache, 'text', model, context) }];
    }
    if (block.cache !== undefined) loseCacheMark(model, context);
    context.lose({ field: `${block.type} block`, how: 'dropped', why: 'Such a message holds text only in this dialect.' });
    return [];
  });
  return parts.every(isPlain) ? parts.map(({ text }) => text).join(separator) : parts;
}
