import type { CanonicalRequest, JsonObject } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { canonicalRequest, text, turn } from '../testing/canonical.js';
import { refusalOf } from '../testing/refused.js';
import { testContext } from '../testing/test-context.js';
import { decodeRequest } from './decode-request.js';
import { encodeRequest } from './encode-request.js';
import { inspect } from './inspect.js';

const model = 'gpt-3.5-turbo-instruct';

function decoded(fields: JsonObject): CanonicalRequest {
  const body = { model, prompt: 'Once upon', ...fields };
  return decodeRequest(body, inspect(body));
}

describe('a client’s prompt', () => {
  it.each<[string, JsonObject, Partial<CanonicalRequest>]>([
    ['is what a user says', {}, {}],
    ['may come as a list of one', { prompt: ['Once upon'] }, {}],
    ['comes with a limit', { max_tokens: 16 }, { outputTokensMax: 16 }],
    ['comes with a place to stop', { stop: '.' }, { stopSequences: ['.'] }],
    ['comes with places to stop', { stop: ['.', '!'] }, { stopSequences: ['.', '!'] }],
    [
      'comes with a way to sample',
      { temperature: 0, top_p: 0.5, top_k: 3, seed: 7, presence_penalty: 1, frequency_penalty: -1 },
      { sampling: { temperature: 0, topP: 0.5, topK: 3, seed: 7, presencePenalty: 1, frequencyPenalty: -1 } },
    ],
    ['comes from somebody', { user: 'u-1' }, { endUser: 'u-1' }],
    ['is echoed', { echo: true }, { echo: true }],
    ['is not echoed', { echo: false }, {}],
    ['asks for usage', { stream: true, stream_options: { include_usage: true } }, { stream: true, usageInStream: true }],
    ['may say what changes nothing', { n: 1, best_of: 1, suffix: '', logprobs: null, logit_bias: null, stop: null }, {}],
    [
      'keeps what only this dialect knows',
      { logprobs: 2, stream: true, stream_options: { include_obfuscation: false } },
      { stream: true, extensions: { 'openai-completions': { logprobs: 2, stream_options: { include_obfuscation: false } } } },
    ],
  ])('%s: %j', (_title, fields, expected) => {
    expect(decoded(fields)).toEqual({ model, stream: false, turns: [turn('user', text('Once upon'))], ...expected });
  });

  it.each<[string, JsonObject]>([
    ['prompt', { prompt: undefined }],
    ['prompt', { prompt: null }],
    ['prompt', { prompt: '' }],
    ['prompt', { prompt: [] }],
    ['prompt', { prompt: ['a', 'b'] }],
    ['prompt', { prompt: [1, 2] }],
    ['prompt', { prompt: [7] }],
    ['prompt', { prompt: [[1, 2]] }],
    ['prompt', { prompt: { text: 'a' } }],
    ['suffix', { suffix: 'the end' }],
    ['suffix', { suffix: 7 }],
    ['n', { n: 2 }],
    ['best_of', { best_of: 2 }],
    ['max_tokens', { max_tokens: 0 }],
    ['echo', { echo: 'yes' }],
    ['stop', { stop: '' }],
    ['temperature', { temperature: 'hot' }],
  ])('is refused for its %s: %j', (field, fields) => {
    expect(() => decoded(fields)).toThrow(refusalOf(field));
  });

  it('is refused for tokens in words that say so', () => {
    expect(() => decoded({ prompt: [1, 2] })).toThrow(/must be text/);
    expect(() => decoded({ prompt: [[1, 2], [3]] })).toThrow(/must be text/);
  });
});

describe('a request to a model that completes texts', () => {
  function encoded(fields: Partial<CanonicalRequest>): { readonly body: JsonObject; readonly lost: readonly string[] } {
    const context = testContext();
    const body = encodeRequest(canonicalRequest({ model, ...fields }), context);
    return { body, lost: context.lostFields() };
  }

  it('is what the user says alone', () => {
    expect(encoded({})).toEqual({ body: { model, prompt: 'Hi' }, lost: [] });
    const turns = [turn('user', text('One.'), text(''), text('Two.'))];
    expect(encoded({ turns })).toEqual({ body: { model, prompt: 'One.\n\nTwo.' }, lost: [] });
  });

  it('writes a conversation down up to the next line of the model', () => {
    const turns = [
      turn('system', text('Be brief.')),
      turn('user', text('Hi')),
      turn('assistant', text('Hello.')),
      turn('user', text('Bye')),
    ];
    expect(encoded({ turns })).toEqual({
      body: { model, prompt: 'System: Be brief.\n\nUser: Hi\n\nAssistant: Hello.\n\nUser: Bye\n\nAssistant:' },
      lost: ['turns'],
    });
  });

  it('carries all that such a model knows', () => {
    const { body, lost } = encoded({
      stream: true,
      outputTokensMax: 9,
      stopSequences: ['.'],
      sampling: { temperature: 0.5, topP: 0.5, seed: 7, presencePenalty: 1, frequencyPenalty: -1 },
      endUser: 'u-1',
      extensions: { 'openai-completions': { logprobs: 2, stream_options: { include_obfuscation: false } } },
    });
    expect(body).toEqual({
      model,
      prompt: 'Hi',
      stream: true,
      stream_options: { include_obfuscation: false, include_usage: true },
      max_tokens: 9,
      stop: ['.'],
      temperature: 0.5,
      top_p: 0.5,
      seed: 7,
      presence_penalty: 1,
      frequency_penalty: -1,
      user: 'u-1',
      logprobs: 2,
    });
    expect(lost).toEqual([]);
  });

  it.each<[string, Partial<CanonicalRequest>]>([
    ['tools', { tools: [{ name: 'weather' }] }],
    ['toolChoice', { toolChoice: 'required' }],
    ['parallelToolCalls', { parallelToolCalls: false }],
    ['thinking', { thinking: { mode: 'on' } }],
    ['format', { format: { type: 'json' } }],
    ['topK', { sampling: { topK: 3 } }],
    ['reasoning_split', { extensions: { elsewhere: { reasoning_split: true } } }],
    ['cache', { turns: [turn('user', { ...text('Hi'), cache: {} })] }],
    ['media block', { turns: [turn('user', text('Hi'), { type: 'media', media: 'image', source: { base64: 'AAAA' } })] }],
  ])('says that it leaves out: %s', (field, fields) => {
    expect(encoded(fields)).toEqual({ body: { model, prompt: 'Hi' }, lost: [field] });
  });

  it.each<Partial<CanonicalRequest>>([
    { tools: [], toolChoice: 'none', parallelToolCalls: true, stopSequences: [] },
    { thinking: { mode: 'off' } },
    { thinking: { mode: 'auto' }, toolChoice: 'auto' },
    // The client half writes the echo itself.
    { echo: true },
  ])('loses nothing by leaving out %j', (fields) => {
    expect(encoded(fields)).toEqual({ body: { model, prompt: 'Hi' }, lost: [] });
  });
});
