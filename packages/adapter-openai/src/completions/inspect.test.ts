import type { JsonObject, RequestFacts } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { refusalOf } from '../testing/refused.js';
import { openaiCompletions } from './dialect.js';
import { inspect } from './inspect.js';

describe('inspect', () => {
  it.each<[JsonObject, Partial<RequestFacts>]>([
    [{}, {}],
    [{ stream: true }, { stream: true }],
    [{ stream: null, max_tokens: null, n: null, best_of: null, stream_options: null }, {}],
    [{ max_tokens: 5 }, { outputTokensMax: 5 }],
    [{ max_tokens: 0 }, { outputTokensMax: 0 }],
    [{ n: 3 }, { choices: 3 }],
    [{ n: 3, best_of: 5 }, { choices: 5 }],
    [{ prompt: ['a', 'b'], n: 3 }, { choices: 6 }],
    [{ prompt: [1, 2, 3] }, { choices: 1 }],
    [{ prompt: [[1, 2], [3]] }, { choices: 2 }],
    [{ prompt: [] }, { choices: 1 }],
  ])('finds in %j what the gateway must know', (fields, facts) => {
    expect(inspect({ model: 'a/b', prompt: 'p', ...fields })).toEqual({ model: 'a/b', stream: false, choices: 1, ...facts });
  });

  it.each<[string, JsonObject]>([
    ['model', { model: undefined }],
    ['stream', { stream: 1 }],
    ['max_tokens', { max_tokens: -1 }],
    ['max_tokens', { max_tokens: 0.5 }],
    ['n', { n: '2' }],
    ['n', { n: 129 }],
    ['best_of', { best_of: 0 }],
    ['best_of', { best_of: 1e308 }],
    ['stream_options', { stream_options: [] }],
  ])('refuses a wrong %s: %j', (field, fields) => {
    expect(() => inspect({ model: 'm', prompt: 'p', ...fields })).toThrow(refusalOf(field));
  });

  it('reads nothing that is not guarded', () => {
    const facts = { model: 'm', stream: true, stream_options: {}, max_tokens: 1, prompt: 'p', n: 1, best_of: 1 };
    expect(new Set(openaiCompletions.client?.guardedKeys)).toEqual(new Set(Object.keys(facts)));
  });
});
