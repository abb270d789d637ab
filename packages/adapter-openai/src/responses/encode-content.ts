import type { Block, CodecContext, MediaBlock, TextBlock } from '@tollgate/plugin-kit';
import { mediaUrl } from '../media-url.js';
import { type InputPart, responsesDialectId, type ResultPart } from './wire.js';

/** What a user says: plain text where there is only one text, else parts. Undefined if nothing can be said. */
export function encodeContent(blocks: readonly Block[], context: CodecContext): string | InputPart[] | undefined {
  const only = blocks[0];
  if (blocks.length === 1 && only?.type === 'text') {
    reportMarks(only, context);
    return only.text;
  }
  const parts = blocks.map((block) => encodePart(block, context)).filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts;
}

/** What a tool gave back. */
export function encodeResult(blocks: readonly (TextBlock | MediaBlock)[], context: CodecContext): string | ResultPart[] {
  const content = encodeContent(blocks, context) ?? '';
  if (typeof content === 'string') return content;
  return content.filter((part): part is ResultPart => {
    if (part.type !== 'input_audio') return true;
    context.lose({ field: 'audio block', how: 'dropped', why: "A tool's result holds text, images and files only." });
    return false;
  });
}

function encodePart(block: Block, context: CodecContext): InputPart | undefined {
  reportMarks(block, context);
  if (block.type === 'text') return { type: 'input_text', text: block.text };
  if (block.type === 'media') return encodeMedia(block, context);
  if (block.type === 'opaque' && block.dialect === responsesDialectId) return block.data as InputPart;
  context.lose({ field: `${block.type} block`, how: 'dropped', why: 'This dialect has no place for it in a message.' });
  return undefined;
}

function encodeMedia(block: MediaBlock, context: CodecContext): InputPart | undefined {
  switch (block.media) {
    case 'image':
      return encodeImage(block) ?? loseMedia(block, context);
    case 'file':
      return encodeFile(block) ?? loseMedia(block, context);
    case 'audio':
      if (!('base64' in block.source)) return loseMedia(block, context);
      return { type: 'input_audio', input_audio: { data: block.source.base64, format: audioFormat(block.mimeType) } };
    case 'video':
      return loseMedia(block, context);
  }
}

function encodeImage(block: MediaBlock): InputPart | undefined {
  const detail = block.detail === 'low' || block.detail === 'high' ? block.detail : 'auto';
  const fileId = vendorFileId(block);
  if (fileId !== undefined) return { type: 'input_image', detail, file_id: fileId };
  const url = mediaUrl(block);
  return url === undefined ? undefined : { type: 'input_image', detail, image_url: url };
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

function audioFormat(mimeType: string | undefined): 'wav' | 'mp3' {
  return mimeType === 'audio/mpeg' || mimeType === 'audio/mp3' ? 'mp3' : 'wav';
}

/** Texts of a message that holds text only; everything else is reported. */
export function textsOf(blocks: readonly Block[], context: CodecContext): readonly string[] {
  return blocks.flatMap((block) => {
    reportMarks(block, context);
    if (block.type === 'text') return block.text === '' ? [] : [block.text];
    context.lose({ field: `${block.type} block`, how: 'dropped', why: 'Such a message holds text only in this dialect.' });
    return [];
  });
}

function reportMarks(block: Block, context: CodecContext): void {
  if (block.cache !== undefined) context.lose({ field: 'cache', how: 'dropped', why: 'The upstream caches prompts by itself.' });
  if (block.seal !== undefined) context.lose({ field: 'seal', how: 'dropped', why: 'A text has no place for a seal in this dialect.' });
}
