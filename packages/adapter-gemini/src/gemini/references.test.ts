import type { JsonObject } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { keptCachedContent, keptFile } from './kept.js';
import { embeddedReferencesOf, referencesOf } from './references.js';
import { geminiResources } from './resource-routes.js';

const address = 'https://generativelanguage.googleapis.com/v1beta/files/abc-1';
const withFile = (data: JsonObject): JsonObject => ({ contents: [{ role: 'user', parts: [{ text: 'x' }, data] }] });

describe('what a request names that the service keeps', () => {
  it.each<[string, JsonObject, readonly string[]]>([
    ['cached contents', { cachedContent: 'cachedContents/c1' }, ['gemini.cached-content c1 at cachedContent']],
    ['cached contents in the other spelling', { cached_content: 'cachedContents/c1' }, ['gemini.cached-content c1 at cached_content']],
    ['cached contents without their folder', { cachedContent: 'c1' }, ['gemini.cached-content c1 at cachedContent']],
    ['a file by its address', withFile({ fileData: { fileUri: address } }), ['gemini.file abc-1 at contents.0.parts.1.fileData.fileUri']],
    [
      'a file by its name',
      withFile({ file_data: { file_uri: 'files/abc-1' } }),
      ['gemini.file abc-1 at contents.0.parts.1.file_data.file_uri'],
    ],
    [
      'a file in the instruction',
      { systemInstruction: { parts: [{ fileData: { fileUri: address } }] } },
      ['gemini.file abc-1 at systemInstruction.parts.0.fileData.fileUri'],
    ],
    ['no film of another site', withFile({ fileData: { fileUri: 'https://www.youtube.com/watch?v=abc' } }), []],
    ['no file of another site', withFile({ fileData: { fileUri: 'https://example.org/files/abc' } }), []],
    ['nothing in junk', { cachedContent: 7, contents: [null, { parts: [null, { fileData: 'x' }] }], systemInstruction: 'x' }, []],
  ])('is %s', (_title, body, expected) => {
    expect(referencesOf(body).map(({ kind, id, field }) => `${kind} ${id} at ${field}`)).toEqual(expected);
  });
});

describe('what a request for vectors names', () => {
  const content = { parts: [{ text: 'x' }, { fileData: { fileUri: address } }] };

  it('is looked for in one request and in a batch', () => {
    const fieldsOf = (body: JsonObject): readonly string[] => embeddedReferencesOf(body).map(({ field }) => field);
    expect(fieldsOf({ content })).toEqual(['content.parts.1.fileData.fileUri']);
    expect(fieldsOf({ requests: [{}, { content }, null] })).toEqual(['requests.1.content.parts.1.fileData.fileUri']);
    expect(fieldsOf({ requests: 'x' })).toEqual([]);
  });
});

describe('what an answer leaves behind', () => {
  it('is known as long as the service says', () => {
    const expireTime = '2030-01-01T00:00:00Z';
    expect(keptCachedContent({ name: 'cachedContents/c1', expireTime })).toEqual([
      { kind: 'gemini.cached-content', id: 'c1', expiresAt: Date.parse(expireTime) },
    ]);
    expect(keptFile({ file: { name: 'files/f1' } })).toEqual([{ kind: 'gemini.file', id: 'f1' }]);
    expect([keptFile({}), keptFile(null), keptCachedContent({ name: 'files/f1' }), keptFile({ file: { name: 'files/' } })]).toEqual([
      [],
      [],
      [],
      [],
    ]);
  });
});

describe('an upload', () => {
  const start = geminiResources.find(({ path, does }) => path === '/upload/v1beta/files' && does === 'make');

  it('goes on at the gateway, under the id that the service gave, with nothing else of its address', () => {
    const url = 'https://vendor.example/upload/v1beta/files?key=secret&upload_id=u1&upload_protocol=resumable';
    const headers = new Map([
      ['x-goog-upload-url', url],
      ['x-goog-upload-control-url', url],
      ['x-goog-upload-status', 'active'],
      ['server', 'vendor'],
    ]);
    if (start?.does !== 'make') throw new Error('There is no route to begin an upload.');
    const answer = { headers, json: {}, at: 1_000 };
    expect(start.answerHeaders?.(answer, 'https://gateway.example')).toEqual({
      'x-goog-upload-url': 'https://gateway.example/upload/v1beta/files?upload_id=u1&upload_protocol=resumable',
      'x-goog-upload-status': 'active',
    });
    expect(start.kept(answer)).toMatchObject([{ kind: 'gemini.upload', id: 'u1' }]);
  });
});
