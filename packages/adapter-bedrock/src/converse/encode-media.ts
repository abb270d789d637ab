import type { CodecContext, JsonObject, LinkedMedia, MediaBlock } from '@tollgate/plugin-kit';
import { drop } from './wire.js';

type Media = MediaBlock['media'];

/** The names that Bedrock has for formats (API reference, `ImageBlock`, `DocumentBlock`, `VideoBlock`, `AudioBlock`). */
const formats: Readonly<Record<Media, readonly string[]>> = {
  image: ['png', 'jpeg', 'gif', 'webp'],
  file: ['pdf', 'csv', 'doc', 'docx', 'xls', 'xlsx', 'html', 'txt', 'md'],
  video: ['mkv', 'mov', 'mp4', 'webm', 'flv', 'mpeg', 'mpg', 'wmv', 'three_gp'],
  audio: ['mp3', 'opus', 'wav', 'aac', 'flac', 'mp4', 'ogg', 'mkv', 'mka', 'm4a', 'webm'],
};

const formatByType: Readonly<Record<string, string>> = {
  'application/msword': 'doc',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'audio/mpeg': 'mp3',
  'audio/x-wav': 'wav',
  'image/jpg': 'jpeg',
  'text/markdown': 'md',
  'text/plain': 'txt',
  'video/3gpp': 'three_gp',
  'video/quicktime': 'mov',
  'video/x-flv': 'flv',
  'video/x-matroska': 'mkv',
  'video/x-ms-wmv': 'wmv',
};

const likelyFormats: Readonly<Record<Media, string>> = { image: 'png', file: 'pdf', video: 'mp4', audio: 'wav' };
const blockNames = { image: 'image', file: 'document', video: 'video', audio: 'audio' } as const;

/** Gives each document of a request a name of its own: Bedrock wants one, of few characters, and none twice. */
export class DocumentNames {
  readonly #taken = new Set<string>();

  nameFor(filename: string | undefined): string {
    const allowed = (filename ?? '')
      .replace(/\.[^.]*$/, '')
      .replace(/[^A-Za-z0-9\s\-()[\]]+/g, '-')
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, 180);
    const base = allowed === '' ? 'document' : allowed;
    let name = base;
    for (let count = 2; this.#taken.has(name); count += 1) name = `${base} ${count}`;
    this.#taken.add(name);
    return name;
  }
}

/** A picture, document, video or recording; undefined, with a loss, for what Bedrock does not take. */
export function encodeMedia(block: MediaBlock, names: DocumentNames, context: CodecContext): JsonObject | undefined {
  const { media, source, mimeType, filename, detail } = block;
  if (detail !== undefined && detail !== 'auto') drop('detail', 'Bedrock has no resolution hint for images.', context);
  if ('fileId' in source) return drop('media', `The file is stored at ${source.vendor}.`, context);
  const format = formatOf(block);
  if (format === undefined) return drop('media', `Bedrock takes no ${media} of the type ${mimeType ?? 'that this is'}.`, context);
  if ('url' in source && !isStored(source.url)) return drop('media', 'Bedrock opens no addresses but those of S3.', context);
  const name = media === 'file' ? { name: names.nameFor(filename) } : {};
  const place = 'url' in source ? { s3Location: { uri: source.url } } : { bytes: source.base64 };
  return { [blockNames[media]]: { format, ...name, source: place } };
}

/** Everything that is not in S3 has to be in the request. */
export function needsBytes({ url }: LinkedMedia): boolean {
  return !isStored(url);
}

function isStored(url: string): boolean {
  return /^s3:\/\//i.test(url);
}

function formatOf({ media, mimeType, filename, source }: MediaBlock): string | undefined {
  const known = formats[media];
  if (mimeType === undefined) {
    const name = filename ?? ('url' in source ? source.url : '');
    const ending = /\.([a-z0-9]+)(?:[?#].*)?$/i.exec(name)?.[1]?.toLowerCase().replace(/^jpg$/, 'jpeg');
    return ending !== undefined && known.includes(ending) ? ending : likelyFormats[media];
  }
  const type = mimeType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const format = formatByType[type] ?? type.replace(/^\w+\//, '');
  if (known.includes(format)) return format;
  // What is written in a language of its own is plain text.
  return media === 'file' && (type.startsWith('text/') || type === 'application/json') ? 'txt' : undefined;
}
