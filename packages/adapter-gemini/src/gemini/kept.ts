import { type KeptResource, tokenCount } from '@tollgate/plugin-kit';
import { resourceKinds } from './references.js';
import { isJsonObject } from './wire.js';

/** Cached contents, as the service describes them when they are made, changed or asked for. */
export function keptCachedContent(json: unknown): readonly KeptResource[] {
  const metadata = isJsonObject(json) ? json['usageMetadata'] : undefined;
  const tokens = isJsonObject(metadata) ? tokenCount(metadata['totalTokenCount']) : 0;
  return kept(resourceKinds.cachedContent, 'cachedContents/', json, 'expireTime', tokens === 0 ? {} : { tokens });
}

/** A file, described by itself or as the `file` of an upload's answer. */
export function keptFile(json: unknown): readonly KeptResource[] {
  const file = isJsonObject(json) ? (json['file'] ?? json) : undefined;
  return kept(resourceKinds.file, 'files/', file, 'expirationTime', sizeOf(file));
}

/** Sizes are 64-bit numbers, which JSON of this service has as text. */
function sizeOf(file: unknown): Pick<KeptResource, 'file'> {
  const { sizeBytes, mimeType } = isJsonObject(file) ? file : {};
  const bytes = tokenCount(Number(sizeBytes));
  return bytes === 0 ? {} : { file: { bytes, ...(typeof mimeType === 'string' ? { mimeType } : {}) } };
}

function kept(
  kind: string,
  folder: string,
  resource: unknown,
  end: string,
  size: Pick<KeptResource, 'tokens' | 'file'>,
): readonly KeptResource[] {
  if (!isJsonObject(resource)) return [];
  const { name } = resource;
  if (typeof name !== 'string' || !name.startsWith(folder) || name === folder) return [];
  const expiresAt = Date.parse(String(resource[end]));
  return [{ kind, id: name.slice(folder.length), ...(Number.isNaN(expiresAt) ? {} : { expiresAt }), ...size }];
}
