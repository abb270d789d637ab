import type { MediaBlock, Seal } from '@tollgate/plugin-kit';
import { mediaOf, mimeTypeOfUrl } from './media-type.js';
import { geminiVendor } from './wire.js';

/** Bytes in a part, with their type. */
export function inlineMedia(data: string, mimeType: string | undefined, seal: Seal | undefined): MediaBlock {
  return { type: 'media', media: mediaOf(mimeType), ...typed(mimeType), source: { base64: data }, ...sealed(seal) };
}

/** A file by its address. Files uploaded to the vendor can be fetched by nobody else. */
export function linkedMedia(uri: string, mimeType: string | undefined, seal: Seal | undefined): MediaBlock {
  const isUploaded = uri.startsWith('gs://') || /^https:\/\/generativelanguage\.googleapis\.com\/(?:\w+\/)?files\//.test(uri);
  const isVideoSite = /^https:\/\/(?:www\.)?(?:youtube\.com|youtu\.be)\//.test(uri);
  const media = isVideoSite ? 'video' : mediaOf(mimeType ?? mimeTypeOfUrl(uri));
  const source = isUploaded ? { fileId: uri, vendor: geminiVendor } : { url: uri };
  return { type: 'media', media, ...typed(mimeType), source, ...sealed(seal) };
}

function typed(mimeType: string | undefined): { mimeType?: string } {
  return mimeType === undefined || mimeType === '' ? {} : { mimeType };
}

function sealed(seal: Seal | undefined): { seal?: Seal } {
  return seal === undefined ? {} : { seal };
}
