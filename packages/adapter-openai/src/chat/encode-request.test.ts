import type { Block, CanonicalRequest, JsonObject, Turn } from '@tollgate/plugin-kit';
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
  const { model: _model, messages: _messages, ...rest } = body;
  return { ...rest, lost };
}

/** The messages that turns become. */
function messagesOf(...turns: Turn[]) {
  const { body, lost } = encode({ turns, model: 'some-model' });
  return { messages: body['messages'], lost };
}

/** The part that one block becomes, beside a text. */
function partOf(block: Block) {
  const { body, lost } = encode({ turns: [turn('user', text('Look'), block)] });
  const [message] = body['messages'] as [{ content: readonly unknown[] }];
  return { part: message.content[1], lost };
}

describe('encodeRequest', () => {
  it('writes no more than was asked', () => {
    expect(encode()).toEqual({ body: { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] }, lost: [] });
  });

  it('does not tell compatible servers what a client of Responses told the vendor', () => {
    const extensions = { 'openai-responses': { store: false, prompt_cache_key: 'k' }, 'openai-chat': { logit_bias: {} } };
    expect(added({ extensions })).toEqual({ store: false, prompt_cache_key: 'k', logit_bias: {}, lost: [] });
    expect(added({ extensions, model: 'some-model' })).toEqual({ logit_bias: {}, lost: ['store', 'prompt_cache_key'] });
  });

  it('asks for usage in every stream, keeping what else was asked of it', () => {
    expect(added({ stream: true })).toEqual({ stream: true, stream_options: { include_usage: true }, lost: [] });
    const extensions = { 'openai-chat': { stream_options: { include_obfuscation: false } } };
    expect(added({ stream: true, extensions })['stream_options']).toEqual({ include_obfuscation: false, include_usage: true });
    expect(added({ extensions })).toEqual({ lost: [] });
  });

  it.each<[Partial<CanonicalRequest>, JsonObject]>([
    [
      { sampling: { temperature: 0, topP: 0.5, seed: 3, presencePenalty: -1, frequencyPenalty: 1 } },
      { temperature: 0, top_p: 0.5, seed: 3, presence_penalty: -1, frequency_penalty: 1 },
    ],
    [{ stopSequences: ['a', 'b'] }, { stop: ['a', 'b'] }],
    [{ stopSequences: [] }, {}],
    [{ outputTokensMax: 7 }, { max_tokens: 7 }],
    [{ endUser: 'u1' }, { user: 'u1' }],
    [{ format: { type: 'json' } }, { response_format: { type: 'json_object' } }],
    [
      { format: { type: 'json-schema', name: 'n', schema: { type: 'object' } } },
      { response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' } } } },
    ],
    [{ thinking: { mode: 'auto' } }, {}],
    [{ thinking: { mode: 'off' } }, {}],
  ])('writes %j', (fields, written) => {
    expect(added(fields)).toEqual({ ...written, lost: [] });
  });

  it('writes the extensions of its own and of its sibling where both mean the same, and says the others', () => {
    const extensions = {
      'openai-chat': { logit_bias: { 1: 2 }, store: true },
      'openai-responses': { metadata: { a: 'b' }, truncation: 'auto' },
      gemini: { safetySettings: [] },
    };
    expect(added({ extensions })).toEqual({
      logit_bias: { 1: 2 },
      store: true,
      metadata: { a: 'b' },
      lost: ['truncation', 'safetySettings'],
    });
  });

  it('lets no extension replace what the request says', () => {
    const extensions = { 'openai-chat': { model: 'other', messages: [], max_tokens: 1 } };
    expect(encode({ extensions, outputTokensMax: 7 }).body).toMatchObject({
      model: 'gpt-4o-mini',
      max_tokens: 7,
      messages: [{ role: 'user' }],
    });
  });

  it('has no top-k', () => {
    expect(added({ sampling: { topK: 5 } })).toEqual({ lost: ['topK'] });
  });
});

describe('a reasoning model', () => {
  const sampling = { temperature: 0.5, topP: 0.5, presencePenalty: 1, frequencyPenalty: 1, seed: 3 };
  const off = { mode: 'off' } as const;

  it.each(['o1', 'o3-mini', 'o4-mini-2025-04-16', 'gpt-5', 'gpt-5-nano-2025-08-07', 'openai/gpt-5-mini', 'ft:gpt-5:acme', 'gpt-5.1'])(
    '%s takes its limit by the newer name',
    (model) => {
      expect(added({ model, outputTokensMax: 7 })).toEqual({ max_completion_tokens: 7, lost: [] });
    },
  );

  it.each(['gpt-4o', 'gpt-4.1', 'gpt-5-chat-latest', 'openai/gpt-oss-120b', 'deepseek-reasoner', 'llama-o1'])(
    'is not %s, which samples and stops as it is told',
    (model) => {
      expect(added({ model, sampling, outputTokensMax: 7, stopSequences: ['a'] })).toEqual({
        max_tokens: 7,
        temperature: 0.5,
        top_p: 0.5,
        presence_penalty: 1,
        frequency_penalty: 1,
        seed: 3,
        stop: ['a'],
        lost: [],
      });
    },
  );

  it.each(['o3', 'gpt-5', 'gpt-5.6', 'gpt-5.1-codex-max'])('%s is not told how to sample', (model) => {
    expect(added({ model, sampling })).toEqual({ seed: 3, lost: ['temperature', 'topP', 'presencePenalty', 'frequencyPenalty'] });
  });

  it('loses nothing where the sampling is the usual one', () => {
    expect(added({ model: 'o3', sampling: { temperature: 1, topP: 1, presencePenalty: 0, frequencyPenalty: 0 } })).toEqual({ lost: [] });
  });

  it('that is told not to reason takes a temperature', () => {
    const { temperature, topP } = sampling;
    expect(added({ model: 'gpt-5.6', thinking: off, sampling: { temperature, topP } })).toEqual({
      reasoning_effort: 'none',
      temperature,
      top_p: topP,
      lost: [],
    });
    expect(added({ model: 'gpt-5.2', sampling: { temperature } })).toEqual({ temperature, lost: [] });
    expect(added({ model: 'gpt-5.2', thinking: { mode: 'on', effort: 'low' }, sampling: { temperature } })['lost']).toEqual([
      'temperature',
    ]);
  });

  it.each(['o3', 'o4-mini', 'gpt-5-mini', 'gpt-5.1', 'gpt-5.2-pro'])('%s has no stop sequences', (model) => {
    expect(added({ model, stopSequences: ['a'] })).toEqual({ lost: ['stopSequences'] });
  });

  it('of a later generation has', () => {
    expect(added({ model: 'gpt-5.5', stopSequences: ['a'] })).toEqual({ stop: ['a'], lost: [] });
  });
});

describe('stop sequences', () => {
  it('are four at most for the vendor’s own models', () => {
    const stopSequences = ['a', 'b', 'c', 'd', 'e'];
    expect(added({ stopSequences })).toEqual({ stop: ['a', 'b', 'c', 'd'], lost: ['stopSequences'] });
    expect(added({ model: 'some-model', stopSequences })).toEqual({ stop: stopSequences, lost: [] });
  });
});

describe('thinking', () => {
  it.each<[string, CanonicalRequest['thinking'], string | undefined, readonly string[]]>([
    ['gpt-5', { mode: 'on', effort: 'minimal' }, 'minimal', []],
    ['gpt-5', { mode: 'on', effort: 'high' }, 'high', []],
    ['gpt-5', { mode: 'on', effort: 'max' }, 'high', ['thinking.effort']],
    ['o3', { mode: 'on', effort: 'minimal' }, 'low', ['thinking.effort']],
    ['gpt-5.2', { mode: 'on', effort: 'max' }, 'xhigh', []],
    ['gpt-5.2', { mode: 'on', effort: 'minimal' }, 'low', ['thinking.effort']],
    ['gpt-5.1-codex-max', { mode: 'on', effort: 'max' }, 'xhigh', []],
    ['some-model', { mode: 'on', effort: 'medium' }, 'medium', []],
    ['some-model', { mode: 'on', effort: 'max' }, 'high', ['thinking.effort']],
    ['gpt-5', { mode: 'on', budgetTokens: 1024 }, 'low', ['thinking.budgetTokens']],
    ['gpt-5', { mode: 'on', budgetTokens: 8192 }, 'medium', ['thinking.budgetTokens']],
    ['gpt-5', { mode: 'on', budgetTokens: 32_000 }, 'high', ['thinking.budgetTokens']],
    ['gpt-5', { mode: 'on' }, undefined, []],
    ['gpt-5.1', { mode: 'on' }, 'medium', []],
    ['some-model', { mode: 'on' }, undefined, ['thinking']],
    ['some-model', { mode: 'off' }, undefined, ['thinking']],
    ['gpt-4o', { mode: 'on', effort: 'low' }, undefined, ['thinking']],
    ['gpt-4o', { mode: 'on' }, undefined, ['thinking']],
    ['gpt-4o', { mode: 'off' }, undefined, []],
    ['gpt-5', { mode: 'off' }, undefined, ['thinking']],
    ['gpt-5.2', { mode: 'off' }, 'none', []],
    ['gpt-5.2-pro', { mode: 'off' }, undefined, ['thinking']],
    ['gpt-5', { mode: 'auto' }, undefined, []],
  ])('of %s by %j is asked for as %s', (model, thinking, effort, lost) => {
    expect(added({ model, ...(thinking === undefined ? {} : { thinking }) })).toEqual({
      ...(effort === undefined ? {} : { reasoning_effort: effort }),
      lost,
    });
  });
});

describe('tools', () => {
  const weather = { name: 'weather', description: 'Looks out.', parameters: { type: 'object' }, strict: true };

  it('are functions and tools for plain text with their grammar', () => {
    const format = { type: 'text' };
    const extensions = { 'openai-chat': { 'tools.format': { patch: format } } };
    const tools = [weather, { name: 'patch', freeform: true as const }, { name: 'constructor', freeform: true as const }];
    expect(added({ tools, extensions })).toEqual({
      tools: [
        { type: 'function', function: weather },
        { type: 'custom', custom: { name: 'patch', format } },
        { type: 'custom', custom: { name: 'constructor' } },
      ],
      lost: [],
    });
  });

  it('for plain text are functions with one text at compatible servers, which have no others', () => {
    const parameters = { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] };
    const fields = { tools: [{ name: 'patch', freeform: true as const }], toolChoice: { name: 'patch' }, model: 'some-model' };
    expect(added(fields)).toEqual({
      tools: [{ type: 'function', function: { name: 'patch', parameters } }],
      tool_choice: { type: 'function', function: { name: 'patch' } },
      lost: ['tools.patch'],
    });
  });

  it('of a vendor go to that vendor only', () => {
    const search = { type: 'web_search' };
    const tools = [
      { name: 'web_search', builtin: { dialect: 'openai-chat', data: search } },
      { name: 'googleSearch', builtin: { dialect: 'gemini', data: {} } },
    ];
    expect(added({ tools })).toEqual({ tools: [search], lost: ['tools.googleSearch'] });
  });

  it('have no marks for the cache', () => {
    expect(added({ tools: [{ name: 'a', cache: {} }] })).toEqual({
      tools: [{ type: 'function', function: { name: 'a' } }],
      lost: ['cache'],
    });
  });

  it.each<[CanonicalRequest['toolChoice'], unknown]>([
    ['auto', 'auto'],
    ['none', 'none'],
    ['required', 'required'],
    [{ name: 'weather' }, { type: 'function', function: { name: 'weather' } }],
    [{ name: 'patch' }, { type: 'custom', custom: { name: 'patch' } }],
  ])('are chosen by %j', (toolChoice, choice) => {
    const tools = [weather, { name: 'patch', freeform: true as const }];
    expect(encode({ tools, parallelToolCalls: false, ...(toolChoice === undefined ? {} : { toolChoice }) }).body).toMatchObject({
      tool_choice: choice,
      parallel_tool_calls: false,
    });
  });

  it('are not chosen where there are none, which the vendor would refuse', () => {
    expect(added({ toolChoice: 'required', parallelToolCalls: false })).toEqual({ lost: [] });
    expect(added({ tools: [], toolChoice: 'auto' })).toEqual({ lost: [] });
  });
});

describe('turns', () => {
  it('are messages, in their order', () => {
    expect(messagesOf(turn('system', text('A'), text('B')), turn('user', text('Hi')), turn('assistant', text('Hello')))).toEqual({
      messages: [
        { role: 'system', content: 'A\n\nB' },
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Hello' },
      ],
      lost: [],
    });
  });

  it('of instructions stay where they are, and are left out where they are empty', () => {
    expect(messagesOf(turn('user', text('Hi')), turn('system', text('B')), turn('system', text(''))).messages).toEqual([
      { role: 'user', content: 'Hi' },
      { role: 'system', content: 'B' },
    ]);
  });

  it('of the user stay messages, even if nothing of them can be said', () => {
    expect(messagesOf(turn('user'))).toEqual({ messages: [{ role: 'user', content: '' }], lost: [] });
    expect(messagesOf(turn('user', { type: 'opaque', dialect: 'gemini', data: {} }))).toEqual({
      messages: [{ role: 'user', content: '' }],
      lost: ['opaque block'],
    });
  });

  it('with results put them before the rest, and pictures of results into it', () => {
    const picture: Block = { type: 'media', media: 'image', source: { url: 'https://example.org/a.png' } };
    const results: Block[] = [
      { type: 'tool-result', callId: 'a', content: [{ type: 'text', text: 'x' }, { type: 'text', text: 'y' }, picture] },
      { type: 'tool-result', callId: 'b', content: [picture], failed: true },
      { type: 'tool-result', callId: 'c', content: [] },
    ];
    expect(messagesOf(turn('user', text('Look'), ...results))).toEqual({
      messages: [
        { role: 'tool', tool_call_id: 'a', content: 'xy' },
        { role: 'tool', tool_call_id: 'b', content: 'The result is attached to the next message.' },
        { role: 'tool', tool_call_id: 'c', content: '' },
        {
          role: 'user',
          content: [
            { type: 'image_url', image_url: { url: 'https://example.org/a.png' } },
            { type: 'image_url', image_url: { url: 'https://example.org/a.png' } },
            { type: 'text', text: 'Look' },
          ],
        },
      ],
      lost: ['tool-result.content', 'tool-result.failed'],
    });
    expect(messagesOf(turn('user', { type: 'tool-result', callId: 'c', content: [] })).messages).toEqual([
      { role: 'tool', tool_call_id: 'c', content: '' },
    ]);
  });

  it('of the assistant hold words, calls and, for other vendors’ models, thinking', () => {
    const blocks: Block[] = [
      { type: 'thinking', text: 'Hm', seal: { vendor: 'anthropic', value: 's' } },
      text('Let me see.'),
      { type: 'tool-call', id: 'a', name: 'x', arguments: '{"n":1}', seal: { vendor: 'google', value: 'g' } },
      { type: 'tool-call', id: 'b', name: 'patch', arguments: 'plain', freeform: true },
    ];
    const message = {
      role: 'assistant',
      content: 'Let me see.',
      tool_calls: [
        { id: 'a', type: 'function', function: { name: 'x', arguments: '{"n":1}' } },
        { id: 'b', type: 'custom', custom: { name: 'patch', input: 'plain' } },
      ],
    };
    const wrapped = { id: 'b', type: 'function', function: { name: 'patch', arguments: '{"input":"plain"}' } };
    expect(messagesOf(turn('assistant', ...blocks))).toEqual({
      messages: [{ ...message, reasoning_content: 'Hm', tool_calls: [message.tool_calls[0], wrapped] }],
      lost: ['seal'],
    });
    expect(encode({ turns: [turn('assistant', ...blocks)] })).toMatchObject({
      body: { messages: [message] },
      lost: ['thinking block', 'seal'],
    });
    expect(encode({ turns: [turn('assistant', ...blocks)] }).body['messages']).toEqual([message]);
  });

  it('of the assistant with calls alone have no content', () => {
    expect(messagesOf(turn('assistant', { type: 'tool-call', id: 'a', name: 'x', arguments: '{}' })).messages).toMatchObject([
      { content: null },
    ]);
  });

  it('of the assistant with thinking alone are left out, and said', () => {
    expect(messagesOf(turn('user', text('Hi')), turn('assistant', { type: 'thinking', text: 'Hm' }))).toEqual({
      messages: [{ role: 'user', content: 'Hi' }],
      lost: ['thinking block'],
    });
  });

  it('say each kind of loss once', () => {
    const cached: Block = { type: 'text', text: 'a', cache: {} };
    expect(messagesOf(turn('user', cached, cached), turn('user', cached)).lost).toEqual(['cache']);
  });
});

describe('blocks of the user', () => {
  it.each<[Block, unknown, readonly string[]]>([
    [{ type: 'text', text: 'x', cache: { lifetime: '1h' } }, { type: 'text', text: 'x' }, ['cache']],
    [{ type: 'text', text: 'x', seal: { vendor: 'google', value: 's' } }, { type: 'text', text: 'x' }, ['seal']],
    [
      { type: 'media', media: 'image', mimeType: 'image/gif', source: { base64: 'QUJD' }, detail: 'high' },
      { type: 'image_url', image_url: { url: 'data:image/gif;base64,QUJD', detail: 'high' } },
      [],
    ],
    [
      { type: 'media', media: 'image', source: { url: 'https://example.org' }, detail: 'medium' },
      { type: 'image_url', image_url: { url: 'https://example.org' } },
      ['detail'],
    ],
    [{ type: 'media', media: 'image', source: { fileId: 'f', vendor: 'openai' } }, undefined, ['image block']],
    [
      { type: 'media', media: 'video', source: { base64: 'QUJD' } },
      { type: 'video_url', video_url: { url: 'data:video/mp4;base64,QUJD' } },
      [],
    ],
    [{ type: 'media', media: 'video', source: { fileId: 'f', vendor: 'google' } }, undefined, ['video block']],
    [
      { type: 'media', media: 'audio', mimeType: 'audio/mpeg', source: { base64: 'QUJD' } },
      { type: 'input_audio', input_audio: { data: 'QUJD', format: 'mp3' } },
      [],
    ],
    [
      { type: 'media', media: 'audio', mimeType: 'audio/x-wav', source: { base64: 'QUJD' } },
      { type: 'input_audio', input_audio: { data: 'QUJD', format: 'wav' } },
      [],
    ],
    [
      { type: 'media', media: 'audio', source: { base64: 'QUJD' } },
      { type: 'input_audio', input_audio: { data: 'QUJD', format: 'wav' } },
      [],
    ],
    [{ type: 'media', media: 'audio', source: { url: 'https://example.org' } }, undefined, ['audio block']],
    [
      { type: 'media', media: 'file', mimeType: 'application/pdf', filename: 'a.pdf', source: { base64: 'QUJD' } },
      { type: 'file', file: { file_data: 'data:application/pdf;base64,QUJD', filename: 'a.pdf' } },
      [],
    ],
    [
      { type: 'media', media: 'file', filename: 'a.pdf', source: { fileId: 'f', vendor: 'openai' } },
      { type: 'file', file: { file_id: 'f', filename: 'a.pdf' } },
      [],
    ],
    [{ type: 'media', media: 'file', source: { fileId: 'f', vendor: 'anthropic' } }, undefined, ['file block']],
    [{ type: 'media', media: 'file', source: { url: 'https://example.org' } }, undefined, ['file block']],
    [{ type: 'opaque', dialect: 'openai-chat', data: { type: 'news' } }, { type: 'news' }, []],
    [{ type: 'opaque', dialect: 'gemini', data: {} }, undefined, ['opaque block']],
    [{ type: 'thinking', text: 'Hm' }, undefined, ['thinking block']],
  ])('%j', (block, part, lost) => {
    expect(partOf(block)).toEqual({ part, lost });
  });
});
