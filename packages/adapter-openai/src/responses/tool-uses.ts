import type { ImageCount, JsonObject, Usage } from '@tollgate/plugin-kit';
import { isObject } from '../request-fields.js';

/**
 * Counts what the answer says that its tools did, each of which has a fee: searches (pages that are opened or searched through have none),
 * searches in files, containers that code ran in, and images by size and quality. A finished answer lists every item that it made.
 */
export function readToolUses(output: unknown, into: Partial<Usage>): void {
  const items = Array.isArray(output) ? output.filter(isObject) : [];
  const ofType = (type: string): readonly JsonObject[] => items.filter((item) => item['type'] === type);
  count(into, 'webSearches', ofType('web_search_call').filter(isSearch).length);
  count(into, 'fileSearches', ofType('file_search_call').length);
  count(into, 'codeInterpreterSessions', new Set(ofType('code_interpreter_call').map((item) => item['container_id'])).size);
  const images = ofType('image_generation_call').filter(({ status }) => status !== 'failed');
  if (images.length > 0) into.images = images.map((image) => ({ count: 1, ...imageOf(image) }));
}

function count(into: Partial<Usage>, counter: 'webSearches' | 'fileSearches' | 'codeInterpreterSessions', uses: number): void {
  if (uses > 0) into[counter] = uses;
}

function isSearch({ action }: JsonObject): boolean {
  return !isObject(action) || action['type'] === undefined || action['type'] === 'search';
}

/** Size and quality of an image that a tool made, or is asked for. */
export function imageOf({ size, quality }: JsonObject): Omit<ImageCount, 'count'> {
  return { ...(typeof size === 'string' ? { size } : {}), ...(typeof quality === 'string' ? { quality } : {}) };
}
