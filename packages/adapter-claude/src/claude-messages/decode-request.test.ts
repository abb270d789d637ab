import { BadRequestError, type CanonicalRequest, wrapSeal } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { testContext, type TestContext } from '../testing/test-context.js';
import { decodeRequest } from './decode-request.js';

const hi = [{ role: 'user', content: 'Hi' }];

function decode(fields: object, context: TestContext = testContext()): CanonicalRequest {
  const body = { model: 'm', max_tokens: 10, messages: hi, ...fields };
  return decodeRequest(body, { model: 'm', stream: false, outputTokensMax: 10 }, context);
}

/** The blocks of one message with the given content. */
function blocksOf(content: unknown, context: TestContext = testContext()) {
  return decode({ messages: [{ role: 'user', content }] }, context).turns[0]?.blocks;
}

describe('decodeRequest', () => {
  it('reads a small request without inventing anything', () => {
    const context = testContext();
    expect(decode({}, context)).toEqual({
      model: 'm',
      stream: false,
      outputTokensMax: 10,
      turns: [{ role: 'user', blocks: [{ type: 'text', text: 'Hi' }] }],
    });
    expect(context.losses).toEqual([]);
  });

  it('reads instructions from either place', () => {
    const system = [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral', ttl: '1h' } }];
    expect(decode({ system }).turns[0]).toEqual({
      role: 'system',
      blocks: [{ type: 'text', text: 'Be brief.', cache: { lifetime: '1h' } }],
    });
    expect(decode({ system: 'Be brief.' }).turns[0]).toEqual({ role: 'system', blocks: [{ type: 'text', text: 'Be brief.' }] });
    expect(decode({ messages: [{ role: 'system', content: 'Be brief.' }, ...hi] }).turns[0]?.role).toBe('system');
  });

  it('reads sampling, limits and the person behind the request', () => {
    const fields = { temperature: 0.5, top_p: 0.9, top_k: 5, stop_sequences: ['END'], metadata: { user_id: 'u1' } };
    expect(decode(fields)).toMatchObject({
      sampling: { temperature: 0.5, topP: 0.9, topK: 5 },
      stopSequences: ['END'],
      endUser: 'u1',
    });
  });

  it('reads a schema for the answer', () => {
    const schema = { type: 'object' };
    expect(decode({ output_config: { format: { type: 'json_schema', schema } } }).format).toEqual({
      type: 'json-schema',
      name: 'answer',
      schema,
    });
  });

  it('reads tools of its own and of the vendor', () => {
    const search = { type: 'web_search_20250305', name: 'web_search', max_uses: 2 };
    const weather = {
      name: 'weather',
      description: 'Now.',
      input_schema: { type: 'object' },
      strict: true,
      cache_control: { type: 'ephemeral' },
    };
    expect(decode({ tools: [weather, { ...weather, type: 'custom' }, search] }).tools).toEqual([
      { name: 'weather', description: 'Now.', parameters: { type: 'object' }, strict: true, cache: {} },
      { name: 'weather', description: 'Now.', parameters: { type: 'object' }, strict: true, cache: {} },
      { name: 'web_search', server: { kind: 'web-search', usesMax: 2 }, builtin: { dialect: 'claude-messages', data: search } },
    ]);
  });

  it.each([
    [{ type: 'auto' }, { toolChoice: 'auto' }],
    [{ type: 'any' }, { toolChoice: 'required' }],
    [{ type: 'none' }, { toolChoice: 'none' }],
    [
      { type: 'tool', name: 'weather', disable_parallel_tool_use: true },
      { toolChoice: { name: 'weather' }, parallelToolCalls: false },
    ],
  ])('reads the choice %j', (choice, expected) => {
    expect(decode({ tool_choice: choice })).toMatchObject(expected);
  });

  it('keeps fields that only Claude knows, and says which members of known fields it cannot keep', () => {
    const context = testContext();
    const tools = [{ name: 'weather', input_schema: {}, input_examples: [{}] }];
    const request = decode({ service_tier: 'auto', container: null, metadata: { team: 'x' }, tools }, context);
    expect(request.extensions).toEqual({ 'claude-messages': { service_tier: 'auto' } });
    expect(context.lostFields()).toEqual(['tools.0.input_examples', 'metadata.team']);
  });
});

describe('content blocks', () => {
  it.each([
    [
      { type: 'text', text: 'x', cache_control: { type: 'ephemeral' } },
      { type: 'text', text: 'x', cache: {} },
    ],
    [
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'QUJD' } },
      { type: 'media', media: 'image', mimeType: 'image/png', source: { base64: 'QUJD' } },
    ],
    [
      { type: 'image', source: { type: 'url', url: 'https://example.org/a.png' } },
      { type: 'media', media: 'image', source: { url: 'https://example.org/a.png' } },
    ],
    [
      { type: 'image', source: { type: 'file', file_id: 'f1' } },
      { type: 'media', media: 'image', source: { fileId: 'f1', vendor: 'anthropic' } },
    ],
    [
      { type: 'document', title: 'a.pdf', source: { type: 'base64', media_type: 'application/pdf', data: 'QUJD' } },
      { type: 'media', media: 'file', mimeType: 'application/pdf', filename: 'a.pdf', source: { base64: 'QUJD' } },
    ],
    [
      { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Berne' }, caller: { type: 'direct' } },
      { type: 'tool-call', id: 'toolu_1', name: 'weather', arguments: '{"city":"Berne"}' },
    ],
    [
      { type: 'tool_result', tool_use_id: 'toolu_1', content: 'Sunny', is_error: true },
      { type: 'tool-result', callId: 'toolu_1', content: [{ type: 'text', text: 'Sunny' }], failed: true },
    ],
    [
      { type: 'tool_result', tool_use_id: 'toolu_1', content: [{ type: 'image', source: { type: 'url', url: 'u' } }] },
      { type: 'tool-result', callId: 'toolu_1', content: [{ type: 'media', media: 'image', source: { url: 'u' } }] },
    ],
    [
      { type: 'tool_result', tool_use_id: 'toolu_1' },
      { type: 'tool-result', callId: 'toolu_1', content: [] },
    ],
    [
      { type: 'thinking', thinking: 'Hm', signature: 'sig' },
      { type: 'thinking', text: 'Hm', seal: { vendor: 'anthropic', value: 'sig' } },
    ],
    [
      { type: 'thinking', thinking: 'Hm', signature: '' },
      { type: 'thinking', text: 'Hm' },
    ],
    [
      { type: 'thinking', thinking: 'Hm', signature: wrapSeal({ vendor: 'google', value: 'g' }) },
      { type: 'thinking', text: 'Hm', seal: { vendor: 'google', value: 'g' } },
    ],
    [
      { type: 'redacted_thinking', data: 'sig' },
      { type: 'thinking', text: '', redacted: true, seal: { vendor: 'anthropic', value: 'sig' } },
    ],
    [
      { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
      { type: 'opaque', dialect: 'claude-messages', data: { type: 'server_tool_use', id: 's', name: 'web_search', input: {} } },
    ],
  ])('%j', (wire, block) => {
    const context = testContext();
    expect(blocksOf([wire], context)).toEqual([block]);
    expect(context.losses).toEqual([]);
  });

  it('are the text itself where a document is made of text', () => {
    const context = testContext();
    const source = {
      type: 'content',
      content: [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ],
    };
    expect(blocksOf([{ type: 'document', source, title: 'T', cache_control: { type: 'ephemeral' } }], context)).toEqual([
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b', cache: {} },
    ]);
    expect(blocksOf([{ type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'c' } }])).toEqual([
      { type: 'text', text: 'c' },
    ]);
    expect(context.lostFields()).toEqual(['messages.0.content.0.title']);
  });

  it('stay readable inside tool results even if only Claude knows them', () => {
    const context = testContext();
    const reference = { type: 'tool_reference', tool_name: 'weather' };
    expect(blocksOf([{ type: 'tool_result', tool_use_id: 't', content: [reference] }], context)).toMatchObject([
      { content: [{ type: 'text', text: JSON.stringify(reference) }] },
    ]);
    expect(context.lostFields()).toEqual(['messages.0.content.0.content.0']);
  });
});

describe('a wrong request', () => {
  it.each([
    ['messages', { messages: undefined }],
    ['messages', { messages: 'Hi' }],
    ['messages.0', { messages: ['Hi'] }],
    ['messages.0.role', { messages: [{ role: 'tool', content: 'x' }] }],
    ['messages.0.content', { messages: [{ role: 'user' }] }],
    ['messages.0.content.1', { messages: [{ role: 'user', content: [{ type: 'text', text: 'x' }, 'y'] }] }],
    ['messages.0.content.0.type', { messages: [{ role: 'user', content: [{}] }] }],
    ['messages.0.content.0.text', { messages: [{ role: 'user', content: [{ type: 'text' }] }] }],
    ['messages.0.content.0.source.type', { messages: [{ role: 'user', content: [{ type: 'image' }] }] }],
    [
      'messages.0.content.0.source.data',
      { messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png' } }] }] },
    ],
    ['messages.0.content.0.tool_use_id', { messages: [{ role: 'user', content: [{ type: 'tool_result' }] }] }],
    [
      'messages.0.content.0.content.0.text',
      { messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: [{ type: 'text' }] }] }] },
    ],
    ['messages.0.content.0.id', { messages: [{ role: 'assistant', content: [{ type: 'tool_use', name: 'x' }] }] }],
    ['system', { system: 7 }],
    ['tools', { tools: {} }],
    ['tools.0', { tools: ['x'] }],
    ['tools.0.name', { tools: [{ input_schema: {} }] }],
    ['tools.0.input_schema', { tools: [{ name: 'x', input_schema: 'y' }] }],
    ['tool_choice', { tool_choice: 'auto' }],
    ['tool_choice.type', { tool_choice: { type: 'maybe' } }],
    ['tool_choice.name', { tool_choice: { type: 'tool' } }],
    ['temperature', { temperature: 'hot' }],
    ['stop_sequences', { stop_sequences: 'END' }],
    ['stop_sequences.0', { stop_sequences: [7] }],
    ['metadata', { metadata: 'x' }],
    ['metadata.user_id', { metadata: { user_id: 7 } }],
    ['output_config.format', { output_config: { format: { type: 'xml' } } }],
  ])('is refused with its field: %s', (field, fields) => {
    expect(() => decode(fields)).toThrow(expect.toSatisfy((error) => BadRequestError.isInstance(error) && error.field === field));
  });
});
