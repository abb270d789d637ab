import type { CanonicalRequest, JsonObject } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { canonicalRequest, text, turn } from '../testing/canonical.js';
import { testContext } from '../testing/test-context.js';
import { encodeRequest } from './encode-request.js';

function encode(fields: Partial<CanonicalRequest> = {}) {
  const context = testContext();
  return { body: encodeRequest(canonicalRequest(fields), context), lost: context.lostFields() };
}

/** What `fields` add to the body of the smallest request, and what of them is lost. */
function added(fields: Partial<CanonicalRequest>): JsonObject {
  const { body, lost } = encode(fields);
  const { model: _model, input: _input, store: _store, ...rest } = body;
  return { ...rest, lost };
}

const sealing = { include: ['reasoning.encrypted_content'] };

describe('encodeRequest', () => {
  it('writes no more than was asked, and asks the vendor to keep nothing', () => {
    expect(encode()).toEqual({
      body: { model: 'gpt-4o-mini', store: false, input: [{ type: 'message', role: 'user', content: 'Hi' }] },
      lost: [],
    });
  });

  it.each<[Partial<CanonicalRequest>, JsonObject]>([
    [{ stream: true }, { stream: true }],
    [{ sampling: { temperature: 0, topP: 0.5 } }, { temperature: 0, top_p: 0.5 }],
    [{ stopSequences: [] }, {}],
    [{ outputTokensMax: 16 }, { max_output_tokens: 16 }],
    [{ model: 'some-model', outputTokensMax: 1 }, { max_output_tokens: 1 }],
    [{ endUser: 'u1' }, { user: 'u1' }],
    [{ format: { type: 'json' } }, { text: { format: { type: 'json_object' } } }],
    [
      { format: { type: 'json-schema', name: 'n', schema: { type: 'object' } } },
      { text: { format: { type: 'json_schema', name: 'n', schema: { type: 'object' } } } },
    ],
    [{ thinking: { mode: 'auto' } }, {}],
  ])('writes %j', (fields, written) => {
    expect(added(fields)).toEqual({ ...written, lost: [] });
  });

  it.each<[Partial<CanonicalRequest>, JsonObject]>([
    [{ sampling: { topK: 5, seed: 3, presencePenalty: 1, frequencyPenalty: 1 } }, { lost: expect.arrayContaining(['topK', 'seed']) }],
    [{ stopSequences: ['a'] }, { lost: ['stopSequences'] }],
    [{ outputTokensMax: 15 }, { max_output_tokens: 16, lost: ['outputTokensMax'] }],
  ])('has no place for %j', (fields, written) => {
    expect(added(fields)).toEqual(written);
  });

  it('writes the extensions of its own and of its sibling where both mean the same, and says the others', () => {
    const extensions = {
      'openai-responses': { truncation: 'auto', store: true, include: ['web_search_call.results'], reasoning: { summary: 'auto' } },
      'openai-chat': { logit_bias: { 1: 2 }, metadata: { a: 'b' }, store: false },
      gemini: { safetySettings: [] },
    };
    const { body, lost } = encode({ extensions });
    expect(body).toMatchObject({
      truncation: 'auto',
      store: true,
      metadata: { a: 'b' },
      include: ['web_search_call.results'],
      reasoning: { summary: 'auto' },
    });
    expect(lost).toEqual(['logit_bias', 'safetySettings']);
  });

  it('joins what its own fields and the request say of the same', () => {
    const extensions = { 'openai-responses': { reasoning: { summary: 'auto' }, text: { verbosity: 'low' } } };
    expect(added({ model: 'gpt-5', extensions, thinking: { mode: 'on', effort: 'low' }, format: { type: 'json' } })).toEqual({
      reasoning: { summary: 'auto', effort: 'low' },
      text: { verbosity: 'low', format: { type: 'json_object' } },
      ...sealing,
      lost: [],
    });
  });

  it('lets no extension replace what the request says', () => {
    const extensions = { 'openai-responses': { model: 'other', input: [], instructions: 'x', max_output_tokens: 1 } };
    expect(
      encode({ extensions, outputTokensMax: 20, turns: [turn('system', text('Be brief.')), turn('user', text('Hi'))] }).body,
    ).toMatchObject({
      model: 'gpt-4o-mini',
      instructions: 'Be brief.',
      max_output_tokens: 20,
      input: [{ role: 'user' }],
    });
  });
});

describe('a reasoning model', () => {
  it('gives its reasoning sealed, so that it can be sent back', () => {
    expect(added({ model: 'gpt-5' })).toEqual({ ...sealing, lost: [] });
    const include = ['message.output_text.logprobs', 'reasoning.encrypted_content'];
    const asking = (asked: readonly string[]) => added({ model: 'o3', extensions: { 'openai-responses': { include: asked } } })['include'];
    expect(asking(['message.output_text.logprobs'])).toEqual(include);
    expect(asking(include)).toEqual(include);
  });

  it('is not told how to sample while it reasons', () => {
    const sampling = { temperature: 0.5, topP: 0.5 };
    expect(added({ model: 'gpt-5', sampling })).toEqual({ ...sealing, lost: ['temperature', 'topP'] });
    expect(added({ model: 'gpt-5.2', sampling, thinking: { mode: 'off' } })).toEqual({
      ...sealing,
      reasoning: { effort: 'none' },
      temperature: 0.5,
      top_p: 0.5,
      lost: [],
    });
  });

  it.each<[string, NonNullable<CanonicalRequest['thinking']>, string | undefined, readonly string[]]>([
    ['gpt-5', { mode: 'on', effort: 'minimal' }, 'minimal', []],
    ['gpt-5', { mode: 'on', effort: 'max' }, 'high', ['thinking.effort']],
    ['gpt-5.2', { mode: 'on', effort: 'max' }, 'xhigh', []],
    ['gpt-5', { mode: 'on', budgetTokens: 1024 }, 'low', ['thinking.budgetTokens']],
    ['gpt-5', { mode: 'off' }, undefined, ['thinking']],
    ['some-model', { mode: 'on', effort: 'medium' }, 'medium', []],
    ['gpt-4o', { mode: 'on', effort: 'low' }, undefined, ['thinking']],
  ])('%s is asked for %j', (model, thinking, effort, lost) => {
    const { reasoning, ...rest } = added({ model, thinking });
    expect(reasoning).toEqual(effort === undefined ? undefined : { effort });
    expect(rest['lost']).toEqual(lost);
  });

  it.each<[string, NonNullable<CanonicalRequest['thinking']>, JsonObject | undefined]>([
    ['gpt-5', { mode: 'on', effort: 'low', shown: true }, { effort: 'low', summary: 'auto' }],
    ['gpt-5', { mode: 'auto', shown: true }, { summary: 'auto' }],
    ['gpt-5', { mode: 'on', effort: 'low', shown: false }, { effort: 'low' }],
    ['gpt-5.2', { mode: 'off', shown: true }, { effort: 'none' }],
    ['some-model', { mode: 'auto', shown: true }, { summary: 'auto' }],
    ['gpt-4o', { mode: 'auto', shown: true }, undefined],
  ])('%s is asked for a summary by those alone who want to see one: %j', (model, thinking, reasoning) => {
    expect(added({ model, thinking })['reasoning']).toEqual(reasoning);
  });
});

describe('instructions', () => {
  const breakpoint = { prompt_cache_breakpoint: { mode: 'explicit' } };

  it('are what stands before the first word; later ones stay where they are', () => {
    const turns = [
      turn('system', text('A'), text('B')),
      turn('system', text(''), text('C')),
      turn('user', text('Hi')),
      turn('system', text('D'), text('E')),
    ];
    expect(encode({ turns }).body).toMatchObject({
      instructions: 'A\n\nB\n\nC',
      input: [
        { type: 'message', role: 'user', content: 'Hi' },
        { type: 'message', role: 'system', content: 'D\n\nE' },
      ],
    });
  });

  it('are none where they are empty', () => {
    expect(encode({ turns: [turn('system', text('')), turn('user', text('Hi'))] })).toEqual(encode());
  });

  it('are the input where there is nothing else, since the vendor needs one', () => {
    const { body } = encode({ turns: [turn('system', text('A'))] });
    expect(body['instructions']).toBeUndefined();
    expect(body['input']).toEqual([{ type: 'message', role: 'system', content: 'A' }]);
  });

  it('with a mark for the cache are a message, which can bear it', () => {
    const turns = [turn('system', text('A'), { type: 'text', text: 'B', cache: {} }), turn('user', text('Hi'))];
    const { body, lost } = encode({ model: 'gpt-5.6', turns });
    expect(body['instructions']).toBeUndefined();
    expect(body['input']).toEqual([
      {
        type: 'message',
        role: 'system',
        content: [
          { type: 'input_text', text: 'A' },
          { type: 'input_text', text: 'B', ...breakpoint },
        ],
      },
      { type: 'message', role: 'user', content: 'Hi' },
    ]);
    expect(lost).toEqual([]);
    expect(encode({ turns })).toMatchObject({ body: { instructions: 'A\n\nB' }, lost: ['cache'] });
  });

  it('hold text only', () => {
    const picture = { type: 'media', media: 'image', source: { url: 'https://example.org' } } as const;
    expect(encode({ turns: [turn('system', picture, text('A')), turn('user', text('Hi'))] })).toMatchObject({
      body: { instructions: 'A' },
      lost: ['media block'],
    });
  });
});

describe('tools', () => {
  const weather = { name: 'weather', description: 'Looks out.', parameters: { type: 'object' }, strict: true };
  const patch = { name: 'patch', freeform: true } as const;

  it('are functions, strict only if they say so, and tools for plain text with their grammar', () => {
    const format = { type: 'text' };
    const extensions = { 'openai-responses': { 'tools.format': { patch: format } } };
    expect(added({ tools: [weather, { name: 'small' }, patch, { name: 'constructor', freeform: true }], extensions })).toEqual({
      tools: [
        { type: 'function', ...weather },
        { type: 'function', name: 'small', parameters: { type: 'object', properties: {} }, strict: false },
        { type: 'custom', name: 'patch', format },
        { type: 'custom', name: 'constructor' },
      ],
      lost: [],
    });
  });

  it('for plain text are functions with one text at compatible servers, which have no others', () => {
    const parameters = { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] };
    expect(added({ tools: [patch], toolChoice: { name: 'patch' }, model: 'some-model' })).toEqual({
      tools: [{ type: 'function', name: 'patch', parameters, strict: false }],
      tool_choice: { type: 'function', name: 'patch' },
      lost: ['tools.patch'],
    });
  });

  it('of a vendor go to that vendor only', () => {
    const search = { type: 'web_search' };
    const tools = [
      { name: 'web_search', builtin: { dialect: 'openai-responses', data: search } },
      { name: 'googleSearch', builtin: { dialect: 'gemini', data: {} } },
    ];
    expect(added({ tools })).toEqual({ tools: [search], lost: ['tools.googleSearch'] });
  });

  it('have no marks for the cache', () => {
    expect(added({ tools: [{ ...weather, cache: {} }] })).toEqual({ tools: [{ type: 'function', ...weather }], lost: ['cache'] });
  });

  it.each<[NonNullable<CanonicalRequest['toolChoice']>, unknown]>([
    ['auto', 'auto'],
    ['none', 'none'],
    ['required', 'required'],
    [{ name: 'weather' }, { type: 'function', name: 'weather' }],
    [{ name: 'patch' }, { type: 'custom', name: 'patch' }],
  ])('are chosen by %j', (toolChoice, choice) => {
    expect(encode({ tools: [weather, patch], parallelToolCalls: false, toolChoice }).body).toMatchObject({
      tool_choice: choice,
      parallel_tool_calls: false,
    });
  });

  it('are not chosen where there are none, which the vendor would refuse', () => {
    expect(added({ toolChoice: 'required', parallelToolCalls: false })).toEqual({ lost: [] });
    const search = { name: 'googleSearch', builtin: { dialect: 'gemini', data: {} } };
    expect(added({ tools: [search], toolChoice: 'required' })).toEqual({ lost: ['tools.googleSearch'] });
  });
});
