import { BadRequestError, type MediaBlock, type MediaSource } from '@tollgate/plugin-kit';

const base64Mark = ';base64,';

/**
 * Where media comes from: an address, or the bytes themselves as `data:image/png;base64,…`.
 * @throws BadRequestError if a data URL is not base64.
 */
export function readMediaUrl(url: string, field: string): { readonly source: MediaSource; readonly mimeType?: string } {
  if (!url.startsWith('data:')) return { source: { url } };
  const mark = url.indexOf(base64Mark);
  if (mark < 0) throw new BadRequestError(`${field} must be an http(s) address or a data URL in base64.`, field);
  const base64 = url.slice(mark + base64Mark.length);
  // Browsers add parameters (`audio/webm;codecs=opus`), which no vendor wants in a type.
  const mimeType = url.slice('data:'.length, mark).split(';')[0] ?? '';
  return mimeType === '' ? { source: { base64 } } : { source: { base64 }, mimeType };
}

/** The block's source as one URL; undefined where the source is a file that lies at a vendor. */
export function mediaUrl(block: MediaBlock): string | undefined {
  if ('url' in block.source) return block.source.url;
  if ('base64' in block.source) return `data:${block.mimeType ?? assumedMimeTypes[block.media]}${base64Mark}${block.source.base64}`;
  return undefined;
}

/** What the bytes most likely are where nobody said. */
const assumedMimeTypes: Readonly<Record<MediaBlock['media'], string>> = {
  image: 'image/png',
  audio: 'audio/wav',
  video: 'video/mp4',
  file: 'application/pdf',
};
