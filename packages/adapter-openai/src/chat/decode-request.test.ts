import type { CanonicalRequest, JsonObject } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { refusalOf } from '../testing/refused.js';
import { testContext, type TestContext } from '../testing/test-context.js';
import { decodeRequest } from './decode-request.js';
import { inspect } from './inspect.js';

const hi = [{ role: 'user', content: 'Hi' }];

function decode(fields: JsonObject, context: TestContext = testContext()): CanonicalRequest {
  const body = { model: 'm', messages: hi, ...fields };
  return decodeRequest(body, inspect(body), context);
}

/** What `fields` add to the smallest request, and what of them is lost. */
function added(fields: JsonObject) {
  const context = testContext();
  const { model: _model, stream: _stream, turns: _turns, ...rest } = decode(fields, context);
  return { ...rest, lost: context.lostFields() };
}

describe('decodeRequest', () => {
  it('reads a small request without inventing anything', () => {
    const context = testContext();
    expect(decode({}, context)).toEqual({ model: 'm', stream: false, turns: [{ role: 'user', blocks: [{ type: 'text', text: 'Hi' }] }] });
    expect(context.losses).toEqual([]);
  });

  it('takes null for a field that is not there, as the vendor does', () => {
    const optional = `stream stream_options tools tool_choice functions function_call parallel_tool_calls max_tokens max_completion_tokens n
      stop temperature top_p top_k seed presence_penalty frequency_penalty reasoning_effort reasoning response_format user store metadata`;
    expect(decode(Object.fromEntries(optional.split(/\s+/).map((field) => [field, null])))).toEqual(decode({}));
  });

  it.each<[JsonObject, JsonObject]>([
    [{ temperature: 0, top_p: 0.5, seed: -3 }, { sampling: { temperature: 0, topP: 0.5, seed: -3 } }],
    [{ presence_penalty: -2, frequency_penalty: 2, top_k: 40 }, { sampling: { presencePenalty: -2, frequencyPenalty: 2, topK: 40 } }],
    [{ stop: 'END' }, { stopSequences: ['END'] }],
    [{ stop: ['a', '\n'] }, { stopSequences: ['a', '\n'] }],
    [{ user: 'u1' }, { endUser: 'u1' }],
    [{ max_tokens: 7 }, { outputTokensMax: 7 }],
    [{ max_completion_tokens: 8, max_tokens: 7 }, { outputTokensMax: 8 }],
    [{ parallel_tool_calls: false }, { parallelToolCalls: false }],
    [{ response_format: { type: 'text' } }, {}],
    [{ response_format: { type: 'json_object' } }, { format: { type: 'json' } }],
    [
      { response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' }, strict: true } } },
      { format: { type: 'json-schema', name: 'n', schema: { type: 'object' }, strict: true } },
    ],
    [
      { response_format: { type: 'json_schema', json_schema: { name: 'n', strict: null } } },
      { format: { type: 'json-schema', name: 'n', schema: {} } },
    ],
    [{ reasoning_effort: 'none' }, { thinking: { mode: 'off' } }],
    [{ reasoning_effort: 'minimal' }, { thinking: { mode: 'on', effort: 'minimal' } }],
    [{ reasoning_effort: 'xhigh' }, { thinking: { mode: 'on', effort: 'max' } }],
    [{ reasoning: { effort: 'low' } }, { thinking: { mode: 'on', effort: 'low' } }],
    [{ reasoning: { max_tokens: 2000 } }, { thinking: { mode: 'on', budgetTokens: 2000 } }],
    [{ reasoning: { enabled: true } }, { thinking: { mode: 'on' } }],
    [{ reasoning: { enabled: false, effort: 'high' } }, { thinking: { mode: 'off' } }],
    [{ reasoning_effort: 'high', reasoning: { effort: 'low' } }, { thinking: { mode: 'on', effort: 'high' } }],
    [{ reasoning: { effort: 'low', exclude: true } }, { thinking: { mode: 'on', effort: 'low', shown: false } }],
    [{ reasoning: { effort: 'low', exclude: false } }, { thinking: { mode: 'on', effort: 'low', shown: true } }],
    [{ reasoning_effort: 'low', include_reasoning: true }, { thinking: { mode: 'on', effort: 'low', shown: true } }],
    [{ reasoning_effort: 'none', include_reasoning: true }, { thinking: { mode: 'off' } }],
    [{ include_reasoning: true }, { thinking: { mode: 'auto', shown: true } }],
    [{ include_reasoning: false }, {}],
    [{ stream_options: { include_usage: true } }, { usageInStream: true }],
    [{ stream_options: { include_usage: false } }, {}],
  ])('reads %j', (fields, meaning) => {
    expect(added(fields)).toEqual({ ...meaning, lost: [] });
  });

  it('reads the switch for streams', () => {
    expect(decode({ stream: true }).stream).toBe(true);
  });

  it('keeps the fields that only this dialect knows, as they are', () => {
    const fields = {
      logprobs: true,
      top_logprobs: 2,
      logit_bias: { 50256: -100 },
      metadata: { a: 'b' },
      modalities: ['text'],
      verbosity: 'low',
    };
    expect(added({ ...fields, stream_options: { include_usage: true, include_obfuscation: false } })).toEqual({
      usageInStream: true,
      extensions: { 'openai-chat': { ...fields, stream_options: { include_obfuscation: false } } },
      lost: [],
    });
  });

  it('says what it cannot carry', () => {
    expect(added({ response_format: { type: 'json_schema', json_schema: { name: 'n', description: 'd' } } }).lost).toEqual([
      'response_format.json_schema.description',
    ]);
    expect(added({ reasoning: { effort: 'low', whim: true } }).lost).toEqual(['reasoning.whim']);
    expect(added({ messages: [{ role: 'user', name: 'bob', content: 'Hi' }] }).lost).toEqual(['messages.0.name']);
  });

  it('refuses several answers, which other dialects cannot give', () => {
    expect(() => decode({ n: 2 })).toThrow(refusalOf('n'));
    expect(decode({ n: 1 })).toEqual(decode({}));
  });
});

describe('tools of a request', () => {
  const weather = { name: 'weather', description: 'Looks out.', parameters: { type: 'object', properties: {} }, strict: true };

  it('are functions, tools for plain text, and the vendor’s own', () => {
    const format = { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: "a"' } };
    const tools = [
      { type: 'function', function: weather },
      { type: 'function', function: { name: 'noArguments' } },
      { type: 'custom', custom: { name: 'patch', description: 'Edits.', format } },
      { type: 'web_search', filters: { country: 'CH' } },
    ];
    expect(added({ tools })).toEqual({
      tools: [
        weather,
        { name: 'noArguments' },
        { name: 'patch', description: 'Edits.', freeform: true },
        { name: 'web_search', builtin: { dialect: 'openai-chat', data: tools[3] } },
      ],
      extensions: { 'openai-chat': { 'tools.format': { patch: format } } },
      lost: [],
    });
  });

  it('may be declared in the vendor’s first form', () => {
    expect(added({ functions: [weather], function_call: { name: 'weather' } })).toEqual({
      tools: [weather],
      toolChoice: { name: 'weather' },
      lost: ['functions'],
    });
    expect(added({ function_call: 'none' })).toEqual({ toolChoice: 'none', lost: [] });
  });

  it.each<[unknown, unknown]>([
    ['auto', 'auto'],
    ['none', 'none'],
    ['required', 'required'],
    [{ type: 'function', function: { name: 'weather' } }, { name: 'weather' }],
    [{ type: 'custom', custom: { name: 'patch' } }, { name: 'patch' }],
  ])('are chosen by %j', (choice, toolChoice) => {
    expect(added({ tool_choice: choice })).toEqual({ toolChoice, lost: [] });
  });

  it('are chosen by a list that only this dialect has', () => {
    const choice = { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [] } };
    expect(added({ tool_choice: choice })).toEqual({ extensions: { 'openai-chat': { tool_choice: choice } }, lost: [] });
  });
});

describe('a wrong field', () => {
  const nested = (name: string, value: unknown) => ({ messages: [{ role: 'user', content: [{ type: name, [name]: value }] }] });
  const assistant = (fields: JsonObject) => ({ messages: [{ role: 'assistant', ...fields }] });

  it.each<[string, JsonObject]>([
    ['messages', { messages: 'Hi' }],
    ['messages', { messages: [] }],
    ['messages.0', { messages: ['Hi'] }],
    ['messages.1', { messages: [...hi, null] }],
    ['messages.0.role', { messages: [{ content: 'Hi' }] }],
    ['messages.0.role', { messages: [{ role: 'constructor', content: 'Hi' }] }],
    ['messages.0.content', { messages: [{ role: 'user' }] }],
    ['messages.0.content', { messages: [{ role: 'system', content: null }] }],
    ['messages.0.content', { messages: [{ role: 'developer', content: 7 }] }],
    ['messages.0.content.0', { messages: [{ role: 'user', content: ['Hi'] }] }],
    ['messages.0.content.0.type', { messages: [{ role: 'user', content: [{ text: 'Hi' }] }] }],
    ['messages.0.content.0.text', { messages: [{ role: 'user', content: [{ type: 'text' }] }] }],
    ['messages.0.content.0.refusal', nested('refusal', 7)],
    ['messages.0.content.0.image_url.url', nested('image_url', {})],
    ['messages.0.content.0.image_url.url', nested('image_url', '')],
    ['messages.0.content.0.image_url.url', nested('image_url', { url: 'data:image/png,raw' })],
    ['messages.0.content.0.image_url.detail', nested('image_url', { url: 'https://example.org', detail: 7 })],
    ['messages.0.content.0.video_url.url', nested('video_url', { url: 7 })],
    ['messages.0.content.0.input_audio', nested('input_audio', 'UklGRg==')],
    ['messages.0.content.0.input_audio.data', nested('input_audio', { format: 'wav' })],
    ['messages.0.content.0.input_audio.format', nested('input_audio', { data: 'UklGRg==' })],
    ['messages.0.content.0.file', nested('file', {})],
    ['messages.0.content.0.file', nested('file', { file_id: '' })],
    ['messages.0.content.0.file.file_id', nested('file', { file_id: 7 })],
    ['messages.0.content.0.file.file_data', nested('file', { file_data: 'data:application/pdf,raw' })],
    ['messages.0.content.0.file.filename', nested('file', { file_data: 'JVBERi0=', filename: 7 })],
    ['messages.0.refusal', assistant({ refusal: 7 })],
    ['messages.0.reasoning_content', assistant({ reasoning_content: [] })],
    ['messages.0.tool_calls', assistant({ tool_calls: {} })],
    ['messages.0.tool_calls.0', assistant({ tool_calls: ['x'] })],
    ['messages.0.tool_calls.0.id', assistant({ tool_calls: [{ type: 'function', function: { name: 'x' } }] })],
    ['messages.0.tool_calls.0.function', assistant({ tool_calls: [{ id: 'c' }] })],
    ['messages.0.tool_calls.0.function.name', assistant({ tool_calls: [{ id: 'c', function: {} }] })],
    ['messages.0.tool_calls.0.function.arguments', assistant({ tool_calls: [{ id: 'c', function: { name: 'x', arguments: {} } }] })],
    ['messages.0.tool_calls.0.custom', assistant({ tool_calls: [{ id: 'c', type: 'custom' }] })],
    ['messages.0.tool_calls.0.custom.input', assistant({ tool_calls: [{ id: 'c', type: 'custom', custom: { name: 'x' } }] })],
    ['messages.0.function_call', assistant({ function_call: 'x' })],
    ['messages.0.function_call.name', assistant({ function_call: {} })],
    ['messages.0.tool_call_id', { messages: [{ role: 'tool', content: 'x' }] }],
    ['messages.0.content', { messages: [{ role: 'tool', tool_call_id: 'c' }] }],
    ['messages.0.name', { messages: [{ role: 'function', content: 'x' }] }],
    ['messages.0', { messages: [{ role: 'function', name: 'x', content: 'x' }] }],
    ['tools', { tools: {} }],
    ['tools.0', { tools: ['x'] }],
    ['tools.0.type', { tools: [{}] }],
    ['tools.0.function', { tools: [{ type: 'function' }] }],
    ['tools.0.function.name', { tools: [{ type: 'function', function: { name: '' } }] }],
    ['tools.0.function.description', { tools: [{ type: 'function', function: { name: 'x', description: 7 } }] }],
    ['tools.0.function.parameters', { tools: [{ type: 'function', function: { name: 'x', parameters: [] } }] }],
    ['tools.0.function.strict', { tools: [{ type: 'function', function: { name: 'x', strict: 'yes' } }] }],
    ['tools.0.custom', { tools: [{ type: 'custom' }] }],
    ['tools.0.custom.name', { tools: [{ type: 'custom', custom: {} }] }],
    ['functions', { functions: 'x' }],
    ['functions.0.name', { functions: [{}] }],
    ['function_call', { function_call: 7 }],
    ['function_call.name', { function_call: {} }],
    ['tool_choice', { tool_choice: 'maybe' }],
    ['tool_choice.type', { tool_choice: {} }],
    ['tool_choice.function', { tool_choice: { type: 'function' } }],
    ['tool_choice.custom.name', { tool_choice: { type: 'custom', custom: {} } }],
    ['parallel_tool_calls', { parallel_tool_calls: 'no' }],
    ['stop', { stop: 7 }],
    ['stop', { stop: '' }],
    ['stop.1', { stop: ['a', ''] }],
    ['temperature', { temperature: 'hot' }],
    ['top_p', { top_p: '1' }],
    ['top_k', { top_k: [] }],
    ['seed', { seed: '1' }],
    ['presence_penalty', { presence_penalty: true }],
    ['frequency_penalty', { frequency_penalty: {} }],
    ['reasoning_effort', { reasoning_effort: 'extreme' }],
    ['reasoning', { reasoning: 'high' }],
    ['reasoning.effort', { reasoning: { effort: 'extreme' } }],
    ['reasoning.max_tokens', { reasoning: { max_tokens: -1 } }],
    ['reasoning.enabled', { reasoning: { enabled: 'no' } }],
    ['response_format', { response_format: 'json' }],
    ['response_format.type', { response_format: {} }],
    ['response_format.type', { response_format: { type: 'xml' } }],
    ['response_format.json_schema', { response_format: { type: 'json_schema' } }],
    ['response_format.json_schema.name', { response_format: { type: 'json_schema', json_schema: {} } }],
    ['response_format.json_schema.schema', { response_format: { type: 'json_schema', json_schema: { name: 'n', schema: [] } } }],
    ['response_format.json_schema.strict', { response_format: { type: 'json_schema', json_schema: { name: 'n', strict: 1 } } }],
    ['user', { user: 7 }],
    ['model', { model: '' }],
    ['stream', { stream: 'true' }],
    ['stream_options', { stream_options: [] }],
    ['stream_options', { stream_options: 'include_usage' }],
    ['max_tokens', { max_tokens: 0 }],
    ['max_tokens', { max_tokens: 1.5 }],
    ['max_completion_tokens', { max_completion_tokens: '7' }],
    ['n', { n: 0 }],
  ])('is refused with its name: %s in %j', (field, fields) => {
    expect(() => decode(fields)).toThrow(refusalOf(field));
  });
});
