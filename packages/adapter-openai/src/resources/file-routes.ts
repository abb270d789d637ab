import { BadRequestError, type KeptResource, type ResourceRoute } from '@tollgate/plugin-kit';
import { isObject } from '../request-fields.js';
import { keptById, resourceKinds } from './kinds.js';

const pageSizeMax = 100;
const ofFile = { does: 'reach', kind: resourceKinds.file } as const;

/** Uploaded files, which both generating dialects can name. They stay until they are deleted. */
export const fileRoutes: readonly ResourceRoute[] = [
  { does: 'make', method: 'POST', path: '/v1/files', kept: ({ json }) => keptById('file', json, sizeOf(json)) },
  { does: 'list', method: 'GET', path: '/v1/files', kind: resourceKinds.file, itemPath: '/v1/files/{id}', page, encodePage },
  { ...ofFile, method: 'GET', path: '/v1/files/{id}' },
  { ...ofFile, method: 'DELETE', path: '/v1/files/{id}', deletes: true },
  { ...ofFile, method: 'GET', path: '/v1/files/{id}/content' },
];

/** The vendor states no type: it goes by the ending of the name. */
const typesByEnding: ReadonlyMap<string, string> = new Map([
  ['pdf', 'application/pdf'],
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['gif', 'image/gif'],
  ['webp', 'image/webp'],
  ['mp3', 'audio/mpeg'],
  ['wav', 'audio/wav'],
]);

/** A file stays until it is deleted. */
function sizeOf(json: unknown): Pick<KeptResource, 'expiresAt' | 'file'> {
  const { bytes, filename } = isObject(json) ? json : {};
  if (typeof bytes !== 'number') return { expiresAt: null };
  const mimeType = typesByEnding.get(String(filename).split('.').at(-1)?.toLowerCase() ?? '');
  return { expiresAt: null, file: { bytes, ...(mimeType === undefined ? {} : { mimeType }) } };
}

function page(query: URLSearchParams): { readonly size: number; readonly after?: string } {
  const limit = Number(query.get('limit') ?? pageSizeMax);
  if (!Number.isInteger(limit) || limit < 1) throw new BadRequestError('limit must be a whole number of at least 1.', 'limit');
  const after = query.get('after');
  return { size: Math.min(limit, pageSizeMax), ...(after === null ? {} : { after }) };
}

function encodePage(files: readonly unknown[], more: string | undefined, query: URLSearchParams): unknown {
  const purpose = query.get('purpose');
  const data = files.filter(isObject).filter((file) => purpose === null || file['purpose'] === purpose);
  return { object: 'list', data, first_id: data[0]?.['id'] ?? null, last_id: data.at(-1)?.['id'] ?? null, has_more: more !== undefined };
}
