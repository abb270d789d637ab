import type { Block, CanonicalRequest, Turn } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { canonicalRequest, text, turn } from '../testing/canonical.js';
import { testContext, type TestContext } from '../testing/test-context.js';
import { encodeRequest } from './encode-request.js';

function encode(fields: Partial<CanonicalRequest> = {}, context: TestContext = testContext()) {
  return { body: encodeRequest(canonicalRequest(fields), context), lost: context.lostFields() };
}

/** The messages that turns become. */
function messagesOf(...turns: Turn[]) {
  const { body, lost } = encode({ turns });
  return { messages: body.messages, lost };
}

/** The content that one block becomes, in a turn of the user unless stated. */
function contentOf(block: Block, role: Turn['role'] = 'user') {
  const opening = role === 'user' ? [] : [turn('user', text('Hi'))];
  const { body, lost } = encode({ turns: [...opening, turn(role, block)] });
  return { content: (body.messages as readonly { content: unknown[] }[])[opening.length]?.content[0], lost };
}

describe('encodeRequest', () => {
  it('writes no more than was asked', () => {
    expect(encode({ outputTokensMax: 5 })).toEqual({
      body: { model: 'claude-sonnet-4-5', max_tokens: 5, messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }] },
      lost: [],
    });
    expect(encode({ stream: true }).body).toMatchObject({ stream: true });
  });

  it('always states a limit: the caller’s, the model’s or a usual one', () => {
    expect(encode().body.max_tokens).toBe(8192);
    expect(encode({}, testContext({ id: 'm', outputTokensMax: 64_000 })).body.max_tokens).toBe(64_000);
    expect(encode({ outputTokensMax: 7 }, testContext({ id: 'm', outputTokensMax: 64_000 })).body.max_tokens).toBe(7);
  });

  it('says which sampling it cannot write', () => {
    const sampling = { temperature: 1.5, topP: 0.9, topK: 4, seed: 1, presencePenalty: 1, frequencyPenalty: 1 };
    const { body, lost } = encode({ sampling });
    expect(body).toMatchObject({ temperature: 1, top_p: 0.9, top_k: 4 });
    expect(lost).toEqual(['seed', 'presence_penalty', 'frequency_penalty', 'temperature']);
  });

  it('leaves sampling out for models that refuse it, and while thinking', () => {
    const sampling = { temperature: 0.2, topP: 0.9 };
    for (const { body, lost } of [encode({ model: 'claude-opus-4-7', sampling }), encode({ thinking: { mode: 'on' }, sampling })]) {
      expect(body).not.toHaveProperty('temperature');
      expect(lost).toEqual(['temperature', 'top_p']);
    }
  });

  it('writes a schema for the answer, and says that there is no JSON without one', () => {
    const schema = { type: 'object' };
    expect(encode({ format: { type: 'json-schema', name: 'n', schema } }).body.output_config).toEqual({
      format: { type: 'json_schema', schema },
    });
    expect(encode({ format: { type: 'json' } }).lost).toEqual(['response_format']);
  });

  it('leaves out stop sequences of white space, which the vendor refuses', () => {
    const { body, lost } = encode({ stopSequences: ['END', '\n'] });
    expect(body.stop_sequences).toEqual(['END']);
    expect(lost).toEqual(['stop_sequences']);
  });

  it('says each field that only another dialect knows', () => {
    expect(encode({ extensions: { 'openai-chat': { logit_bias: {}, store: true }, 'claude-messages': { speed: 'fast' } } })).toMatchObject({
      body: { speed: 'fast' },
      lost: ['logit_bias', 'store'],
    });
  });
});

describe('tools', () => {
  it('always have a schema', () => {
    expect(encode({ tools: [{ name: 'a' }, { name: 'b', parameters: { properties: {} } }] }).body.tools).toEqual([
      { name: 'a', input_schema: { type: 'object' } },
      { name: 'b', input_schema: { type: 'object', properties: {} } },
    ]);
  });

  it('for plain text become tools for JSON', () => {
    const { body, lost } = encode({ tools: [{ name: 'patch', freeform: true }] });
    expect(body.tools).toEqual([
      { name: 'patch', input_schema: { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] } },
    ]);
    expect(lost).toEqual(['tools.patch']);
  });

  it('of a vendor go to that vendor only', () => {
    const own = { name: 'web_search', builtin: { dialect: 'claude-messages', data: { type: 'web_search_20250305', name: 'web_search' } } };
    const foreign = { name: 'googleSearch', builtin: { dialect: 'gemini', data: {} } };
    const { body, lost } = encode({ tools: [own, foreign] });
    expect(body.tools).toEqual([own.builtin.data]);
    expect(lost).toEqual(['tools.googleSearch']);
  });

  it.each([
    [{ toolChoice: 'auto' as const }, { type: 'auto' }],
    [{ toolChoice: 'none' as const }, { type: 'none' }],
    [
      { toolChoice: 'required' as const, parallelToolCalls: false },
      { type: 'any', disable_parallel_tool_use: true },
    ],
    [{ toolChoice: { name: 'a' } }, { type: 'tool', name: 'a' }],
    [{ parallelToolCalls: false }, { type: 'auto', disable_parallel_tool_use: true }],
    [{ parallelToolCalls: true }, undefined],
  ])('are chosen by %j', (fields, choice) => {
    expect(encode({ tools: [{ name: 'a' }], ...fields }).body.tool_choice).toEqual(choice);
  });

  it('cannot be chosen if there are none', () => {
    const { body, lost } = encode({ toolChoice: 'required' });
    expect(body).not.toHaveProperty('tool_choice');
    expect(lost).toEqual(['tool_choice']);
    expect(encode({ toolChoice: 'auto' }).lost).toEqual([]);
  });
});

describe('messages', () => {
  it('join turns of one role and put tool results first', () => {
    const result: Block = { type: 'tool-result', callId: 'c', content: [] };
    expect(messagesOf(turn('user', text('a')), turn('user', text('b'), result))).toEqual({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'c' },
            { type: 'text', text: 'a' },
            { type: 'text', text: 'b' },
          ],
        },
      ],
      lost: [],
    });
  });

  it('have instructions apart, and say when later ones move up', () => {
    const { body, lost } = encode({ turns: [turn('system', text('A')), turn('user', text('Hi')), turn('system', text('B'))] });
    expect(body.system).toEqual([
      { type: 'text', text: 'A' },
      { type: 'text', text: 'B' },
    ]);
    expect(lost).toEqual(['system']);
  });

  it('open with the user', () => {
    const opening = { role: 'user', content: [{ type: 'text', text: '...' }] };
    expect(messagesOf(turn('assistant', text('Hello')))).toEqual({
      messages: [opening, { role: 'assistant', content: [{ type: 'text', text: 'Hello' }] }],
      lost: ['messages'],
    });
    expect(messagesOf(turn('system', text('A')))).toEqual({ messages: [opening], lost: ['messages'] });
  });

  it('have no empty text, no blank text and no white space after a prefilled answer', () => {
    const { messages, lost } = messagesOf(turn('user', text(''), text('a'), text(' ')), turn('assistant', text('b \n')));
    expect(messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'a' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'b' }] },
    ]);
    expect(lost).toEqual(['text', 'messages']);
  });
});

describe('blocks', () => {
  it.each<[Block, object | undefined, string[], Turn['role']]>([
    [
      { type: 'text', text: 'x', cache: { lifetime: '1h' } },
      { type: 'text', text: 'x', cache_control: { type: 'ephemeral', ttl: '1h' } },
      [],
      'user',
    ],
    [
      { type: 'media', media: 'image', mimeType: 'image/gif', source: { base64: 'QUJD' }, detail: 'high' },
      { type: 'image', source: { type: 'base64', media_type: 'image/gif', data: 'QUJD' } },
      ['detail'],
      'user',
    ],
    [{ type: 'media', media: 'image', source: { url: 'u' } }, { type: 'image', source: { type: 'url', url: 'u' } }, [], 'user'],
    [
      { type: 'media', media: 'image', source: { fileId: 'f', vendor: 'anthropic' } },
      { type: 'image', source: { type: 'file', file_id: 'f' } },
      [],
      'user',
    ],
    [{ type: 'media', media: 'image', source: { fileId: 'f', vendor: 'openai' } }, undefined, ['media', 'messages'], 'user'],
    [
      { type: 'media', media: 'file', mimeType: 'application/pdf', filename: 'a.pdf', source: { base64: 'QUJD' } },
      { type: 'document', title: 'a.pdf', source: { type: 'base64', media_type: 'application/pdf', data: 'QUJD' } },
      [],
      'user',
    ],
    [
      { type: 'media', media: 'file', mimeType: 'text/plain', source: { base64: 'w7w=' } },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'ü' } },
      [],
      'user',
    ],
    [{ type: 'media', media: 'file', mimeType: 'application/zip', source: { base64: 'QUJD' } }, undefined, ['media', 'messages'], 'user'],
    [{ type: 'media', media: 'audio', source: { url: 'u' } }, undefined, ['media', 'messages'], 'user'],
    [{ type: 'media', media: 'image', source: { url: 'u' } }, undefined, ['media'], 'assistant'],
    [
      { type: 'tool-call', id: 'functions.a:0', name: 'a', arguments: '{"x":1}' },
      { type: 'tool_use', id: 'functions_a_0', name: 'a', input: { x: 1 } },
      [],
      'assistant',
    ],
    [{ type: 'tool-call', id: 'c', name: 'a', arguments: '' }, { type: 'tool_use', id: 'c', name: 'a', input: {} }, [], 'assistant'],
    [
      { type: 'tool-call', id: 'c', name: 'a', arguments: '{"x":' },
      { type: 'tool_use', id: 'c', name: 'a', input: { input: '{"x":' } },
      ['a.arguments'],
      'assistant',
    ],
    [
      { type: 'tool-call', id: 'c', name: 'a', arguments: 'print', freeform: true },
      { type: 'tool_use', id: 'c', name: 'a', input: { input: 'print' } },
      ['a'],
      'assistant',
    ],
    [
      { type: 'tool-result', callId: 'functions.a:0', content: [{ type: 'text', text: 'x' }], failed: true },
      { type: 'tool_result', tool_use_id: 'functions_a_0', content: [{ type: 'text', text: 'x' }], is_error: true },
      [],
      'user',
    ],
    [
      { type: 'thinking', text: 'Hm', seal: { vendor: 'anthropic', value: 's' } },
      { type: 'thinking', thinking: 'Hm', signature: 's' },
      [],
      'assistant',
    ],
    [
      { type: 'thinking', text: '', redacted: true, seal: { vendor: 'anthropic', value: 's' } },
      { type: 'redacted_thinking', data: 's' },
      [],
      'assistant',
    ],
    [{ type: 'thinking', text: 'Hm' }, undefined, ['thinking'], 'assistant'],
    [{ type: 'thinking', text: 'Hm', seal: { vendor: 'google', value: 's' } }, undefined, ['seal'], 'assistant'],
    [{ type: 'opaque', dialect: 'claude-messages', data: { type: 'x' } }, { type: 'x' }, [], 'assistant'],
    [{ type: 'opaque', dialect: 'gemini', data: {} }, undefined, ['content'], 'assistant'],
    [{ type: 'text', text: 'x', seal: { vendor: 'google', value: 's' } }, { type: 'text', text: 'x' }, ['seal'], 'assistant'],
    [{ type: 'text', text: 'x', citations: [{ url: 'u' }] }, { type: 'text', text: 'x' }, ['citations'], 'assistant'],
  ])('%j', (block, wire, lost, role) => {
    const encoded = contentOf(block, role);
    if (wire === undefined && role === 'user') expect(encoded.content).toEqual({ type: 'text', text: '...' });
    else expect(encoded.content).toEqual(wire);
    expect(encoded.lost).toEqual(lost);
  });
});
