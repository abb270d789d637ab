import { BadRequestError, type Block, type CacheMark, type JsonObject, type MediaBlock } from '@tollgate/plugin-kit';
import { defined } from '../defined.js';
import { readMediaUrl } from '../media-url.js';
import { isObject, optionalText, requireName, requireObject, requireText } from '../request-fields.js';
import { responsesDialectId } from './wire.js';

/**
 * The content of a message or of a tool's result: a string, or a list of parts.
 * @throws BadRequestError naming the part.
 */
export function decodeContent(content: unknown, field: string): Block[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  if (!Array.isArray(content)) throw new BadRequestError(`${field} must be a string or an array of parts.`, field);
  return content.map((part, index) => decodePart(requireObject(part, `${field}.${index}`), `${field}.${index}`));
}

function decodePart(part: JsonObject, field: string): Block {
  switch (part['type']) {
    case 'input_text':
    case 'output_text':
    case 'text':
      return defined({ type: 'text' as const, text: requireText(part['text'], `${field}.text`), cache: cacheMark(part) });
    case 'refusal':
      return { type: 'text', text: requireText(part['refusal'], `${field}.refusal`) };
    case 'input_image':
      return decodeImage(part, field);
    case 'input_file':
      return decodeFile(part, field);
    case 'input_audio':
      return decodeAudio(part, field);
    default:
      requireText(part['type'], `${field}.type`);
      return { type: 'opaque', dialect: responsesDialectId, data: part };
  }
}

function decodeImage(part: JsonObject, field: string): MediaBlock {
  const url = optionalText(part['image_url'], `${field}.image_url`);
  const fileId = optionalText(part['file_id'], `${field}.file_id`);
  if (!url && !fileId) throw new BadRequestError(`${field} needs image_url or file_id.`, field);
  return defined({
    type: 'media' as const,
    media: 'image' as const,
    ...(url ? readMediaUrl(url, `${field}.image_url`) : vendorFile(fileId)),
    detail: optionalText(part['detail'], `${field}.detail`),
    cache: cacheMark(part),
  });
}

function decodeFile(part: JsonObject, field: string): MediaBlock {
  const data = optionalText(part['file_data'], `${field}.file_data`);
  const url = optionalText(part['file_url'], `${field}.file_url`);
  const fileId = optionalText(part['file_id'], `${field}.file_id`);
  if (!data && !url && !fileId) throw new BadRequestError(`${field} needs file_data, file_url or file_id.`, field);
  const source = data ? readFileData(data, `${field}.file_data`) : url ? { source: { url } } : vendorFile(fileId);
  return defined({
    type: 'media' as const,
    media: 'file' as const,
    ...source,
    filename: optionalText(part['filename'], `${field}.filename`),
    cache: cacheMark(part),
  });
}

function readFileData(data: string, field: string): Pick<MediaBlock, 'source' | 'mimeType'> {
  return data.startsWith('data:') ? readMediaUrl(data, field) : { source: { base64: data } };
}

function vendorFile(fileId: string | undefined): Pick<MediaBlock, 'source'> {
  return { source: { fileId: fileId ?? '', vendor: 'openai' } };
}

const mimeTypeByFormat: ReadonlyMap<string, string> = new Map([
  ['wav', 'audio/wav'],
  ['mp3', 'audio/mpeg'],
]);

function decodeAudio(part: JsonObject, field: string): MediaBlock {
  const audio = requireObject(part['input_audio'], `${field}.input_audio`);
  const format = requireName(audio['format'], `${field}.input_audio.format`);
  return {
    type: 'media',
    media: 'audio',
    mimeType: mimeTypeByFormat.get(format) ?? `audio/${format}`,
    source: { base64: requireText(audio['data'], `${field}.input_audio.data`) },
  };
}

function cacheMark(part: JsonObject): CacheMark | undefined {
  return isObject(part['prompt_cache_breakpoint']) ? {} : undefined;
}
