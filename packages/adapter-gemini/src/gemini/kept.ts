import type { KeptResource } from '@tollgate/plugin-kit';
import { resourceKinds } from './references.js';
import { isJsonObject } from './wire.js';

/** Cached contents, as the service describes them when they are made, changed or asked for. */
export function keptCachedContent(json: unknown): readonly KeptResource[] {
  return kept(resourceKinds.cachedContent, 'cachedContents/', json, 'expireTime');
}

/** A file, described by itself or as the `file` of an upload's answer. */
export function keptFile(json: unknown): readonly KeptResource[] {
  return kept(resourceKinds.file, 'files/', isJsonObject(json) ? (json['file'] ?? json) : undefined, 'expirationTime');
}

function kept(kind: string, folder: string, resource: unknown, end: string): readonly KeptResource[] {
  if (!isJsonObject(resource)) return [];
  const { name } = resource;
  if (typeof name !== 'string' || !name.startsWith(folder) || name === folder) return [];
  const expiresAt = Date.parse(String(resource[end]));
  return [{ kind, id: name.slice(folder.length), ...(Number.isNaN(expiresAt) ? {} : { expiresAt }) }];
}
