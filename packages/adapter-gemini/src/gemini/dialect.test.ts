import type { ClientSide, JsonObject, RequestTarget } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { geminiDialect } from './dialect.js';

const client = geminiDialect.client as ClientSide;

function target(stream: boolean, query = '', pathModel = 'gemini-2.5-flash'): RequestTarget {
  return { route: { path: '/', stream }, pathModel, query: new URLSearchParams(query) };
}

describe('gemini dialect', () => {
  it('is called at both versions, streaming by path', () => {
    expect(client.routes).toEqual([
      { path: '/v1beta/models/{model}:generateContent', stream: false },
      { path: '/v1beta/models/{model}:streamGenerateContent', stream: true },
      { path: '/v1/models/{model}:generateContent', stream: false },
      { path: '/v1/models/{model}:streamGenerateContent', stream: true },
    ]);
  });

  it('streams events on demand and else one array', () => {
    expect(client.framing(target(true, 'alt=sse'))).toBe('sse');
    expect(client.framing(target(true))).toBe('json-array');
  });

  it('finds model, streaming, limit and choices, in either spelling', () => {
    for (const tool of [{ googleSearch: {} }, { google_search: {} }, { googleSearchRetrieval: {} }])
      expect(client.inspect({ tools: [tool] }, target(false)).serverTools).toEqual(['webSearches']);
    expect(
      client.inspect({ tools: [{ codeExecution: {} }, null, { functionDeclarations: [] }] }, target(false)).serverTools,
    ).toBeUndefined();
    expect(client.inspect({}, target(false, '', 'models/gemini-x'))).toEqual({ model: 'gemini-x', stream: false });
    for (const config of [{ responseModalities: ['TEXT', 'IMAGE'] }, { response_modalities: ['Image', 'Text', 'SMELL'] }])
      expect(client.inspect({ generationConfig: config }, target(false)).outputKinds).toEqual(['text', 'image']);
    for (const config of [{}, { responseModalities: 'AUDIO' }, { responseModalities: ['MODALITY_UNSPECIFIED'] }])
      expect(client.inspect({ generationConfig: config }, target(false)).outputKinds).toBeUndefined();
    const facts = { model: 'gemini-2.5-flash', stream: true, outputTokensMax: 9, choices: 2 };
    expect(client.inspect({ generationConfig: { maxOutputTokens: 9, candidateCount: 2 } }, target(true))).toEqual(facts);
    expect(client.inspect({ generation_config: { max_output_tokens: 9, candidate_count: 2 } }, target(true))).toEqual(facts);
  });

  it.each<[JsonObject, string]>([
    [{ generationConfig: 'x' }, 'generationConfig'],
    [{ generationConfig: { maxOutputTokens: '9' } }, 'generationConfig.maxOutputTokens'],
    [{ generationConfig: { maxOutputTokens: -1 } }, 'generationConfig.maxOutputTokens'],
    [{ generationConfig: { candidateCount: 1.5 } }, 'generationConfig.candidateCount'],
    [{ generationConfig: {}, generation_config: {} }, 'generationConfig'],
    [{ generationConfig: { maxOutputTokens: 1, max_output_tokens: 2 } }, 'generationConfig.maxOutputTokens'],
  ])('refuses %j, which it cannot read for certain', (body, field) => {
    expect(() => client.inspect(body, target(false))).toThrow(expect.objectContaining({ field }));
  });

  it('knows its clients on a shared path by their credentials', () => {
    const recognises = client.models?.recognises;
    expect(recognises?.({ 'x-goog-api-key': 'k' }, new URLSearchParams())).toBe(true);
    expect(recognises?.({}, new URLSearchParams('key=k'))).toBe(true);
    expect(recognises?.({ authorization: 'Bearer k' }, new URLSearchParams())).toBe(false);
  });

  it('lists models in the vendor’s shape', () => {
    const model = { id: 'gemini-x', createdAt: 0, owner: 'gemini' };
    const listed = client.models?.encodeOne(model);
    expect(listed).toMatchObject({ name: 'models/gemini-x', displayName: 'gemini-x' });
    expect(client.models?.encodeList([model])).toEqual({ models: [listed] });
  });
});
