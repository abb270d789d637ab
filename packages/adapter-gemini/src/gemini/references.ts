import type { JsonObject, ResourceReference } from '@tollgate/plugin-kit';
import { isJsonObject } from './wire.js';

/** What the service keeps for later requests; the id is what follows the folder in its name. */
export const resourceKinds = {
  cachedContent: 'gemini.cached-content',
  file: 'gemini.file',
  /** A resumable upload that has begun. */
  upload: 'gemini.upload',
} as const;

/** A file that was uploaded to the service, by name or by address; addresses of other sites are not the service's to keep. */
const uploadedFile = /^(?:https?:\/\/[^/]+\/v\d\w*\/)?files\/([\w-]+)$/;
const cachedContentName = /^(?:cachedContents\/)?(.+)$/;

/** Cached contents and uploaded files that the body of a request names, in either spelling of its fields. */
export function referencesOf(body: JsonObject, at = ''): readonly ResourceReference[] {
  const found: ResourceReference[] = [];
  for (const field of ['cachedContent', 'cached_content']) {
    const name = body[field];
    const id = typeof name === 'string' ? cachedContentName.exec(name)?.[1] : undefined;
    if (id !== undefined) found.push({ kind: resourceKinds.cachedContent, id, field: `${at}${field}` });
  }
  for (const field of ['systemInstruction', 'system_instruction']) addFiles(body[field], `${at}${field}`, found);
  const { contents } = body;
  if (Array.isArray(contents)) contents.forEach((content: unknown, index) => addFiles(content, `${at}contents.${index}`, found));
  else addFiles(contents, `${at}contents`, found);
  return found;
}

/** Uploaded files that the body of a request for vectors names, by itself or in a batch. */
export function embeddedReferencesOf(body: JsonObject): readonly ResourceReference[] {
  const found: ResourceReference[] = [];
  addFiles(body['content'], 'content', found);
  const { requests } = body;
  if (!Array.isArray(requests)) return found;
  requests.forEach((request: unknown, index) => {
    if (isJsonObject(request)) addFiles(request['content'], `requests.${index}.content`, found);
  });
  return found;
}

function addFiles(content: unknown, field: string, found: ResourceReference[]): void {
  const parts = isJsonObject(content) ? content['parts'] : undefined;
  if (!Array.isArray(parts)) return;
  parts.forEach((part: unknown, index) => {
    if (!isJsonObject(part)) return;
    for (const name of ['fileData', 'file_data']) addFile(part[name], `${field}.parts.${index}.${name}`, found);
  });
}

function addFile(data: unknown, field: string, found: ResourceReference[]): void {
  if (!isJsonObject(data)) return;
  for (const name of ['fileUri', 'file_uri']) {
    const uri = data[name];
    const id = typeof uri === 'string' ? uploadedFile.exec(uri)?.[1] : undefined;
    if (id !== undefined) found.push({ kind: resourceKinds.file, id, field: `${field}.${name}` });
  }
}
