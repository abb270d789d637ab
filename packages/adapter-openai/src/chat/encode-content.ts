import type { Block, CodecContext, MediaBlock, TextBlock } from '@tollgate/plugin-kit';
import { mediaUrl } from '../media-url.js';
import { type ContentPart, chatDialectId } from './wire.js';

/** A user message's content: plain text where there is only one text, else parts. Undefined if nothing can be said. */
export function encodeContent(blocks: readonly Block[], context: CodecContext): string | ContentPart[] | undefined {
  const only = blocks[0];
  if (blocks.length === 1 && only?.type === 'text') {
    reportMarks(only, context);
    return only.text;
  }
  const parts = blocks.map((block) => encodePart(block, context)).filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts;
}

function encodePart(block: Block, context: CodecContext): ContentPart | undefined {
  reportMarks(block, context);
  if (block.type === 'text') return { type: 'text', text: block.text };
  if (block.type === 'media') return encodeMedia(block, context);
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
function audioFormat(mimeType: string | undefined): 'wav' | 'mp3' {
  const subtype = mimeType?.split('/')[1] ?? 'wav';
  return (subtype === 'mpeg' ? 'mp3' : subtype.replace(/^x-/, '')) as 'wav' | 'mp3';
}

/** Texts of a message whose content is one string; everything else is reported. */
export function joinTexts(blocks: readonly Block[], context: CodecContext): string {
  return blocks
    .filter((block): block is TextBlock => {
      reportMarks(block, context);
      if (block.type === 'text') return true;
      context.lose({ field: `${block.type} block`, how: 'dropped', why: 'Such a message holds text only in this dialect.' });
      return false;
    })
    .map((block) => block.text)
    .join('');
}

function reportMarks(block: Block, context: CodecContext): void {
  if (block.cache !== undefined) context.lose({ field: 'cache', how: 'dropped', why: 'The upstream caches prompts by itself.' });
  if (block.seal !== undefined) context.lose({ field: 'seal', how: 'dropped', why: 'Seals have no place in this dialect.' });
}
