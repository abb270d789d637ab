import type { ProviderCall, z } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { vertexProvider } from './index.js';

const forgotten: string[] = [];
const vertex = vertexProvider({
  tokenFor: async ({ client_email: email }) => `token of ${email}`,
  forget: (_account, token) => forgotten.push(token),
});
type Config = z.output<typeof vertex.config>;

const serviceAccount = JSON.stringify({ project_id: 'p-1', private_key: 'x', client_email: 'a@p.example' });

function call(given: z.input<typeof vertex.config>, model: string, more: Partial<ProviderCall<Config>> = {}): ProviderCall<Config> {
  const dialect = vertex.speaks.find(({ models }) => models?.(model) === true)?.dialect;
  if (dialect === undefined) throw new Error('Nobody speaks to it.');
  return { config: vertex.config.parse(given), model, stream: false, framing: 'sse', dialect, clientHeaders: {}, ...more };
}

const urlOf = (asked: ProviderCall<Config>): string | undefined =>
  vertex.speaks.find(({ dialect }) => dialect === asked.dialect)?.url(asked);
const global = 'https://aiplatform.googleapis.com/v1/projects/p-1/locations/global';

describe('vertex', () => {
  it('wants an account or a key, and sees what is no account', () => {
    expect(() => vertex.config.parse({})).toThrow('Give the JSON');
    for (const wrong of ['{}', 'a@p.example', '{"client_email":1}'])
      expect(() => vertex.config.parse({ serviceAccount: wrong })).toThrow('the JSON of a service account');
    expect(() => vertex.config.parse({ apiKey: 'k', region: 'evil.example/' })).toThrow('a region');
  });

  it.each([
    ['gemini-2.5-pro', `${global}/publishers/google/models/gemini-2.5-pro:generateContent`],
    ['claude-sonnet-4-5', `${global}/publishers/anthropic/models/claude-sonnet-4-5@20250929:rawPredict`],
    ['claude-opus-4-1-20250805', `${global}/publishers/anthropic/models/claude-opus-4-1@20250805:rawPredict`],
    ['claude-opus-4-6', `${global}/publishers/anthropic/models/claude-opus-4-6:rawPredict`],
    ['meta/llama-4-maverick-17b-128e-instruct-maas', `${global}/endpoints/openapi/chat/completions`],
  ])('finds %s', (model, url) => {
    expect(urlOf(call({ serviceAccount }, model))).toBe(url);
  });

  it('streams by other methods', () => {
    const stream = true;
    expect(urlOf(call({ serviceAccount }, 'gemini-x', { stream }))).toMatch(/:streamGenerateContent\?alt=sse$/);
    expect(urlOf(call({ serviceAccount }, 'gemini-x', { stream, framing: 'json-array' }))).toMatch(/:streamGenerateContent$/);
    expect(urlOf(call({ serviceAccount }, 'claude-x', { stream }))).toMatch(/:streamRawPredict$/);
  });

  it.each([
    ['europe-west4', 'https://europe-west4-aiplatform.googleapis.com/v1/projects/other/locations/europe-west4/'],
    ['eu', 'https://aiplatform.eu.rep.googleapis.com/v1/projects/other/locations/eu/'],
  ])('has hosts by region: %s', (region, start) => {
    expect(urlOf(call({ serviceAccount, region, project: 'other' }, 'gemini-x'))?.startsWith(start)).toBe(true);
  });

  it('counts and embeds by methods of their own', () => {
    const urls = vertex.speaks
      .filter(({ dialect }) => dialect.id.startsWith('vertex-count') || dialect.id === 'vertex-embeddings')
      .map(({ url }) => url(call({ serviceAccount }, 'gemini-x')));
    expect(urls).toEqual(['countTokens', 'predict'].map((method) => `${global}/publishers/google/models/gemini-x:${method}`));
  });

  it('forgets the token that was refused', () => {
    vertex.refused?.({ authorization: 'Bearer one' }, call({ serviceAccount }, 'gemini-x'));
    vertex.refused?.({ 'x-goog-api-key': 'k' }, call({ apiKey: 'k' }, 'gemini-x'));
    expect(forgotten).toEqual(['one']);
  });

  it('takes a key where there is no account', async () => {
    const byKey = call({ apiKey: 'k' }, 'gemini-x');
    expect(urlOf(byKey)).toBe('https://aiplatform.googleapis.com/v1/publishers/google/models/gemini-x:generateContent');
    expect(vertex.headers(byKey)).toEqual({ 'x-goog-api-key': 'k', 'content-type': 'application/json' });
    const request = { method: 'POST' as const, url: '', headers: {} };
    const io = {} as Parameters<NonNullable<typeof vertex.sign>>[2];
    expect(await vertex.sign?.(request, byKey, io)).toEqual({});
    const byAccount = call({ serviceAccount }, 'claude-x', { clientHeaders: { 'anthropic-beta': ['a', 'b'] } });
    expect(await vertex.sign?.(request, byAccount, io)).toEqual({ authorization: 'Bearer token of a@p.example' });
    expect(vertex.headers(byAccount)).toEqual({ 'anthropic-beta': 'a,b', 'content-type': 'application/json' });
  });
});
