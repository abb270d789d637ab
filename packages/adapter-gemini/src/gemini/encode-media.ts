import type { LinkedMedia, Loss, MediaBlock } from '@tollgate/plugin-kit';
import { isUploaded, isVideoSite } from './decode-media.js';
import { likelyMimeType, mimeTypeOfUrl } from './media-type.js';
import { geminiVendor, type WirePart } from './wire.js';

/** A media block as a part, or undefined if the service cannot get at it. */
export function mediaPart(block: MediaBlock, lose: (loss: Loss) => void): WirePart | undefined {
  const { source } = block;
  if (block.detail !== undefined && block.detail !== 'auto')
    lose({ field: 'media detail', how: 'dropped', why: 'The resolution is a setting of the whole request here.' });
  if (block.filename !== undefined) lose({ field: 'media filename', how: 'dropped', why: 'Parts have no file names.' });
  if ('base64' in source) return { inlineData: { mimeType: statedType(block, lose), data: source.base64 } };
  if ('url' in source) return linkPart(source.url, block.mimeType ?? mimeTypeOfUrl(source.url), lose);
  if (source.vendor === geminiVendor) return linkPart(source.fileId, block.mimeType ?? mimeTypeOfUrl(source.fileId), lose);
  lose({ field: 'media file id', how: 'dropped', why: `The file lives at ${source.vendor} and cannot be fetched from elsewhere.` });
  return undefined;
}

function statedType(block: MediaBlock, lose: (loss: Loss) => void): string {
  if (block.mimeType !== undefined) return block.mimeType;
  const mimeType = likelyMimeType(block.media);
  lose({ field: 'media type', how: 'coerced', why: `No type was stated: sent as ${mimeType}.` });
  return mimeType;
}

function linkPart(fileUri: string, mimeType: string | undefined, lose: (loss: Loss) => void): WirePart {
  if (mimeType !== undefined) return { fileData: { fileUri, mimeType } };
  lose({ field: 'media type', how: 'coerced', why: 'The address does not tell its type: the service has to guess it.' });
  return { fileData: { fileUri } };
}

/** The service opens its own files and films; of all else it wants the bytes. */
export function needsBytes({ url }: LinkedMedia): boolean {
  return !isUploaded(url) && !isVideoSite(url);
}
