import { BadRequestError, type KeptResource, type ListingRoute, type ResourceAnswer, type ResourceRoute } from '@tollgate/plugin-kit';
import { keptCachedContent, keptFile } from './kept.js';
import { resourceKinds } from './references.js';

const uploadPath = '/upload/v1beta/files';
const uploadIdKey = 'upload_id';
const addressHeader = 'x-goog-upload-url';
/** The service lets an upload rest for about a week; its documents state no figure. */
const uploadLifetimeMs = 7 * 86_400_000;
const pageSizeUsual = 10;
const pageSizeMax = 100;

const uploadHeaders = [
  'x-goog-upload-protocol',
  'x-goog-upload-command',
  'x-goog-upload-offset',
  'x-goog-upload-file-name',
  'x-goog-upload-header-content-length',
  'x-goog-upload-header-content-type',
];

const ofCachedContent = { does: 'reach', kind: resourceKinds.cachedContent, path: '/v1beta/cachedContents/{id}' } as const;
const ofFile = { does: 'reach', kind: resourceKinds.file, path: '/v1beta/files/{id}' } as const;
const ofUpload = {
  does: 'reach',
  kind: resourceKinds.upload,
  path: uploadPath,
  withQuery: uploadIdKey,
  idInQuery: uploadIdKey,
  passHeaders: uploadHeaders,
  kept: ({ json }: ResourceAnswer) => keptFile(json),
  answerHeaders: uploadAnswerHeaders,
} as const;

/** Cached contents and files. An upload begins with a request that is told where to send the bytes. */
export const geminiResources: readonly ResourceRoute[] = [
  listing(resourceKinds.cachedContent, '/v1beta/cachedContents', 'cachedContents'),
  { ...ofCachedContent, method: 'GET' },
  { ...ofCachedContent, method: 'PATCH', kept: ({ json }) => keptCachedContent(json) },
  { ...ofCachedContent, method: 'DELETE', deletes: true },
  { ...ofUpload, method: 'POST' },
  { ...ofUpload, method: 'PUT' },
  {
    does: 'make',
    method: 'POST',
    path: uploadPath,
    passHeaders: uploadHeaders,
    kept: (answer) => [...keptUpload(answer), ...keptFile(answer.json)],
    answerHeaders: uploadAnswerHeaders,
  },
  { does: 'make', method: 'POST', path: '/v1beta/files', kept: ({ json }) => keptFile(json) },
  listing(resourceKinds.file, '/v1beta/files', 'files'),
  { ...ofFile, method: 'GET' },
  { ...ofFile, method: 'DELETE', deletes: true },
];

function listing(kind: string, path: string, member: string): ListingRoute {
  return {
    does: 'list',
    method: 'GET',
    path,
    kind,
    itemPath: `${path}/{id}`,
    page: pageOf,
    encodePage: (items, more) => ({ [member]: items, ...(more === undefined ? {} : { nextPageToken: more }) }),
  };
}

function pageOf(query: URLSearchParams): { readonly size: number; readonly after?: string } {
  const size = Number(query.get('pageSize') ?? pageSizeUsual);
  if (!Number.isInteger(size) || size < 0) throw new BadRequestError('pageSize must be a whole number.', 'pageSize');
  const after = query.get('pageToken') ?? '';
  return { size: Math.min(size === 0 ? pageSizeUsual : size, pageSizeMax), ...(after === '' ? {} : { after }) };
}

function keptUpload({ headers, at }: ResourceAnswer): readonly KeptResource[] {
  const id = uploadQuery(headers)?.get(uploadIdKey) ?? '';
  return id === '' ? [] : [{ kind: resourceKinds.upload, id, expiresAt: at + uploadLifetimeMs }];
}

/** How far the upload is, and where it goes on: at the gateway, under the id that the service gave. */
function uploadAnswerHeaders({ headers }: ResourceAnswer, origin: string): Readonly<Record<string, string>> {
  const told = Object.fromEntries(
    [...headers].filter(([name]) => /^x-goog-upload-(?:status|size-received|chunk-granularity|header-.*)$/.test(name)),
  );
  const query = uploadQuery(headers);
  return query === undefined ? told : { ...told, [addressHeader]: `${origin}${uploadPath}?${query.toString()}` };
}

/** What of the upload's address tells it apart; nothing else of it is the caller's business. */
function uploadQuery(headers: ReadonlyMap<string, string>): URLSearchParams | undefined {
  const address = headers.get(addressHeader) ?? '';
  if (!URL.canParse(address)) return undefined;
  const { searchParams } = new URL(address);
  return new URLSearchParams([...searchParams].filter(([name]) => name.startsWith('upload_')));
}
