import type { MediaBlock, Seal } from '@tollgate/plugin-kit';
import { mediaOf, mimeTypeOfUrl } from './media-type.js';
import { geminiVendor } from './wire.js';

/** Bytes in a part, with their type. */
export function inlineMedia(data: string, mimeType: string | undefined, seal: Seal | undefined): MediaBlock {
  return { type: 'media', media: mediaOf(mimeType), ...typed(mimeType), source: { base64: data }, ...sealed(seal) };
}

/** A file by its address. Files uploaded to the vendor can be fetched by nobody else. */
export function linkedMedia(uri: string, mimeType: string | undefined, seal: Seal | undefined): MediaBlock {
  const media = isVideoSite(uri) ? 'video' : mediaOf(mimeType ?? mimeTypeOfUrl(uri));
  const source = isUploaded(uri) ? { fileId: uri, vendor: geminiVendor } : { url: uri };
  return { type: 'media', media, ...typed(mimeType), source, ...sealed(seal) };
}

/** True for a file that lies at the vendor. */
export function isUploaded(uri: string): boolean {
  return uri.startsWith('gs://') || /^https:\/\/generativelanguage\.googleapis\.com\/(?:\w+\/)?files\//.test(uri);
}

/** True for a film on the vendor's own site, which it shows its models by address. */
export function isVideoSite(uri: string): boolean {
  return /^https:\/\/(?:www\.)?(?:youtube\.com|youtu\.be)\//.test(uri);
}

function typed(mimeType: string | undefined): { mimeType?: string } {
  return mimeType === undefined || mimeType === '' ? {} : { mimeType };
}

function sealed(seal: Seal | undefined): { seal?: Seal } {
  return seal === undefined ? {} : { seal };
}
