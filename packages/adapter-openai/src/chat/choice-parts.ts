import type { Citation, CodecContext, MediaBlock } from '@tollgate/plugin-kit';
import { readMediaUrl } from '../media-url.js';
import { isObject } from '../request-fields.js';

/** What a message or a delta says, whichever server's words it uses. Empty where it says nothing. */
export interface SaidParts {
  readonly thinking: string;
  readonly text: string;
  readonly refusal: string;
}

/** Reads the texts of a message or of a stream's delta; thinking in details is read apart. */
export function readSaid(message: Readonly<Record<string, unknown>>): SaidParts {
  const { content, refusal } = message;
  const parts = Array.isArray(content) ? content : undefined;
  return {
    thinking:
      (textOf(message['reasoning_content']) || textOf(message['reasoning'])) + (parts === undefined ? '' : joinParts(parts, 'thinking')),
    text: parts === undefined ? textOf(content) : joinParts(parts, 'text'),
    refusal: textOf(refusal),
  };
}

/** Parts of content: `{type: 'text', text}`, and thinking whose own content is again a list of text parts. */
function joinParts(parts: readonly unknown[], type: 'text' | 'thinking'): string {
  return parts
    .map((part) => {
      if (!isObject(part) || part['type'] !== type) return '';
      const value = part[type];
      return Array.isArray(value) ? joinParts(value, 'text') : textOf(value);
    })
    .join('');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Web addresses that a text rests on. */
export function readAnnotations(annotations: unknown): readonly Citation[] {
  if (!Array.isArray(annotations)) return [];
  return annotations.flatMap((annotation: unknown) => {
    const cited: unknown = isObject(annotation) ? annotation['url_citation'] : undefined;
    if (!isObject(cited) || typeof cited['url'] !== 'string') return [];
    return [{ url: cited['url'], ...(typeof cited['title'] === 'string' ? { title: cited['title'] } : {}) }];
  });
}

/** Sources that some vendors list beside the choices: addresses in the order of the numbers in the text, with titles in a list of their own. */
export function readSources(answer: Readonly<Record<string, unknown>>): readonly Citation[] {
  const { citations, search_results: results } = answer;
  const titles = new Map<string, string | undefined>();
  for (const url of Array.isArray(citations) ? citations : []) if (typeof url === 'string') titles.set(url, undefined);
  for (const result of Array.isArray(results) ? results.filter(isObject) : []) {
    const { url, title } = result;
    if (typeof url === 'string') titles.set(url, typeof title === 'string' ? title : titles.get(url));
  }
  return [...titles].map(([url, title]) => (title === undefined ? { url } : { url, title }));
}

/** Pictures that the model drew, in the form that compatible servers share. */
export function readImages(images: unknown): readonly MediaBlock[] {
  if (!Array.isArray(images)) return [];
  return images.flatMap((image: unknown) => {
    const nested: unknown = isObject(image) ? image['image_url'] : undefined;
    const url = isObject(nested) ? textOf(nested['url']) : '';
    const isReadable = url !== '' && (!url.startsWith('data:') || url.includes(';base64,'));
    return isReadable ? [{ type: 'media' as const, media: 'image' as const, ...readMediaUrl(url, 'images') }] : [];
  });
}

/** Tool arguments as text; some servers send them parsed. */
export function readArguments(value: unknown): string {
  if (typeof value === 'string') return value;
  return isObject(value) ? JSON.stringify(value) : '';
}

/** True, and said, if the upstream tells how sure it is of each token: only answers that pass unchanged keep that. */
export function loseLogprobs(choice: Readonly<Record<string, unknown>>, context: CodecContext): boolean {
  if (!isObject(choice['logprobs'])) return false;
  context.lose({ field: 'logprobs', how: 'dropped', why: 'Only answers that pass unchanged keep them.' });
  return true;
}
