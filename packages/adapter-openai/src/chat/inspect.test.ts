import type { JsonObject, RequestFacts } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { refusalOf } from '../testing/refused.js';
import { inspect } from './inspect.js';

describe('inspect', () => {
  it.each<[JsonObject, Partial<RequestFacts>]>([
    [{}, {}],
    [{ stream: true }, { stream: true }],
    [{ stream: null, max_tokens: null, n: null, stream_options: null }, {}],
    [{ max_tokens: 5 }, { outputTokensMax: 5 }],
    [{ max_completion_tokens: 6 }, { outputTokensMax: 6 }],
    [{ max_tokens: 9, max_completion_tokens: 6 }, { outputTokensMax: 9 }],
    [{ n: 3 }, { choices: 3 }],
    [{ web_search_options: {} }, { serverTools: ['webSearches'] }],
    [{ web_search_options: null }, {}],
    [{ modalities: ['text', 'audio'] }, { outputKinds: ['text', 'audio'] }],
    [{ modalities: null }, {}],
  ])('finds in %j what the gateway must know', (fields, facts) => {
    expect(inspect({ model: 'a/b', ...fields })).toEqual({ model: 'a/b', stream: false, choices: 1, ...facts });
  });

  it.each<[string, JsonObject]>([
    ['model', { model: undefined }],
    ['model', { model: null }],
    ['model', { model: ['m'] }],
    ['stream', { stream: 1 }],
    ['max_tokens', { max_tokens: -1 }],
    ['max_completion_tokens', { max_completion_tokens: 0.5 }],
    ['n', { n: '2' }],
    ['stream_options', { stream_options: true }],
    ['stream_options', { stream_options: [] }],
  ])('refuses a wrong %s: %j', (field, fields) => {
    expect(() => inspect({ model: 'm', ...fields })).toThrow(refusalOf(field));
  });
});
