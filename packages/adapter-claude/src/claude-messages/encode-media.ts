import type { CodecContext, LinkedMedia, MediaBlock } from '@tollgate/plugin-kit';
import { type DocumentBlockParam, type ImageBlockParam, vendor } from './wire.js';

type ImageSource = ImageBlockParam['source'];
type DocumentSource = DocumentBlockParam['source'];
type MediaType = Extract<ImageSource, { type: 'base64' }>['media_type'];

/** An image or a document; undefined, with a loss, for what the vendor does not take. */
export function encodeMedia(block: MediaBlock, context: CodecContext): ImageBlockParam | DocumentBlockParam | undefined {
  if (block.detail !== undefined && block.detail !== 'auto')
    context.lose({ field: 'detail', how: 'dropped', why: 'Claude has no resolution hint for images.' });
  const { source } = block;
  if ('fileId' in source && source.vendor !== vendor) return loseMedia(`The file is stored at ${source.vendor}.`, context);
  switch (block.media) {
    case 'image':
      return { type: 'image', source: imageSource(block, context) };
    case 'file': {
      const document = documentSource(block);
      if (document === undefined) return loseMedia('Claude reads PDF and text files only.', context);
      return { type: 'document', source: document, ...(block.filename === undefined ? {} : { title: block.filename }) };
    }
    default:
      return loseMedia(`Claude takes no ${block.media}.`, context);
  }
}

function imageSource({ source, mimeType }: MediaBlock, context: CodecContext): ImageSource {
  if ('url' in source) return { type: 'url', url: source.url };
  if ('fileId' in source) return { type: 'file', file_id: source.fileId };
  if (mimeType === undefined)
    context.lose({ field: 'media_type', how: 'coerced', why: 'The type of the image is not stated; it is sent as PNG.' });
  return { type: 'base64', media_type: (mimeType ?? 'image/png') as MediaType, data: source.base64 };
}

function documentSource({ source, mimeType }: MediaBlock): DocumentSource | undefined {
  if ('url' in source) return { type: 'url', url: source.url };
  if ('fileId' in source) return { type: 'file', file_id: source.fileId };
  if (mimeType === 'application/pdf') return { type: 'base64', media_type: mimeType, data: source.base64 };
  if (mimeType !== undefined && isTextType(mimeType))
    return { type: 'text', media_type: 'text/plain', data: Buffer.from(source.base64, 'base64').toString('utf8') };
  return undefined;
}

function loseMedia(why: string, context: CodecContext): undefined {
  context.lose({ field: 'media', how: 'dropped', why });
}

/** The vendor opens https addresses of images and PDFs; text it wants in the request. */
export function needsBytes({ media, url, mimeType }: LinkedMedia): boolean {
  if (media === 'image') return !isSecure(url);
  if (media === 'file') return !isSecure(url) || (mimeType ?? (isTextName(url) ? 'text/plain' : 'application/pdf')) !== 'application/pdf';
  return false;
}

/** What is written in a language of its own is plain text to the vendor. */
function isTextType(mimeType: string): boolean {
  return mimeType.startsWith('text/') || mimeType === 'application/json';
}

function isSecure(url: string): boolean {
  return /^https:/i.test(url);
}

function isTextName(url: string): boolean {
  return /\.(?:txt|md|csv|json)$/i.test(url.split(/[?#]/, 1)[0] ?? '');
}
