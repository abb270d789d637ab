import { BadRequestError, type Block, type CacheMark, type JsonObject, type MediaBlock, type TextBlock } from '@tollgate/plugin-kit';
import { defined } from '../defined.js';
import { readMediaUrl } from '../media-url.js';
import { isObject, optionalText, requireArray, requireName, requireObject, requireText } from '../request-fields.js';
import { chatDialectId } from './wire.js';

/**
 * The content of a message: a string, or a list of parts.
 * @throws BadRequestError naming the part.
 */
export function decodeContent(content: unknown, field: string): Block[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  if (!Array.isArray(content)) throw new BadRequestError(`${field} must be a string or an array of parts.`, field);
  return requireArray(content, field).map((part, index) => decodePart(requireObject(part, `${field}.${index}`), `${field}.${index}`));
}

function decodePart(part: JsonObject, field: string): Block {
  switch (part['type']) {
    case 'text':
      return decodeText(part, field);
    case 'refusal':
      return { type: 'text', text: requireText(part['refusal'], `${field}.refusal`) };
    case 'image_url':
      return decodeUrlPart(part, 'image', 'image_url', field);
    case 'video_url':
      return decodeUrlPart(part, 'video', 'video_url', field);
    case 'input_audio':
      return decodeAudio(part, field);
    case 'file':
      return decodeFile(part, field);
    default:
      requireName(part['type'], `${field}.type`);
      return { type: 'opaque', dialect: chatDialectId, data: part };
  }
}

function decodeText(part: JsonObject, field: string): TextBlock {
  const text = requireText(part['text'], `${field}.text`);
  return defined({ type: 'text' as const, text, cache: cacheMark(part) });
}

function decodeUrlPart(part: JsonObject, media: 'image' | 'video', key: string, field: string): MediaBlock {
  const value = part[key];
  const nested = isObject(value) ? value : { url: value };
  const url = requireText(nested['url'], `${field}.${key}.url`);
  if (url === '') throw new BadRequestError(`${field}.${key}.url must not be empty.`, `${field}.${key}.url`);
  return defined({
    type: 'media' as const,
    media,
    ...readMediaUrl(url, `${field}.${key}.url`),
    detail: optionalText(nested['detail'], `${field}.${key}.detail`),
    cache: cacheMark(part),
  });
}

const mimeTypeByFormat: ReadonlyMap<string, string> = new Map([
  ['wav', 'audio/wav'],
  ['mp3', 'audio/mpeg'],
]);

function decodeAudio(part: JsonObject, field: string): MediaBlock {
  const audio = requireObject(part['input_audio'], `${field}.input_audio`);
  const base64 = requireText(audio['data'], `${field}.input_audio.data`);
  const format = requireName(audio['format'], `${field}.input_audio.format`);
  return defined({
    type: 'media' as const,
    media: 'audio' as const,
    mimeType: mimeTypeByFormat.get(format) ?? `audio/${format}`,
    source: { base64 },
    cache: cacheMark(part),
  });
}

function decodeFile(part: JsonObject, field: string): MediaBlock {
  const file = requireObject(part['file'], `${field}.file`);
  const fileId = optionalText(file['file_id'], `${field}.file.file_id`) ?? '';
  const data = optionalText(file['file_data'], `${field}.file.file_data`) ?? '';
  if (fileId === '' && data === '') throw new BadRequestError(`${field}.file needs file_data or file_id.`, `${field}.file`);
  const source = data === '' ? { source: { fileId, vendor: 'openai' } } : readFileData(data, `${field}.file.file_data`);
  return defined({
    type: 'media' as const,
    media: 'file' as const,
    ...source,
    filename: optionalText(file['filename'], `${field}.file.filename`),
    cache: cacheMark(part),
  });
}

function readFileData(data: string, field: string): ReturnType<typeof readMediaUrl> {
  return /^(?:data:|https?:)/.test(data) ? readMediaUrl(data, field) : { source: { base64: data } };
}

/** The vendor's own mark, or the one that resellers of other vendors' models take. */
function cacheMark(part: JsonObject): CacheMark | undefined {
  if (isObject(part['prompt_cache_breakpoint'])) return {};
  const control = part['cache_control'];
  if (!isObject(control)) return undefined;
  return control['ttl'] === '1h' || control['ttl'] === '5m' ? { lifetime: control['ttl'] } : {};
}
