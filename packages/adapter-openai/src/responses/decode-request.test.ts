import { BadRequestError, type CanonicalRequest, type JsonObject } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { refusalOf } from '../testing/refused.js';
import { testContext, type TestContext } from '../testing/test-context.js';
import { decodeRequest } from './decode-request.js';
import { inspect } from './inspect.js';

function decode(fields: JsonObject, context: TestContext = testContext()): CanonicalRequest {
  const body = { model: 'm', input: 'Hi', ...fields };
  return decodeRequest(body, inspect(body), context);
}

/** What `fields` add to the smallest request, and what of them is lost. */
function added(fields: JsonObject) {
  const context = testContext();
  const { model: _model, stream: _stream, turns: _turns, ...rest } = decode(fields, context);
  return { ...rest, lost: context.lostFields() };
}

const own = (fields: JsonObject) => ({ extensions: { 'openai-responses': fields } });

describe('decodeRequest', () => {
  it('reads a small request without inventing anything', () => {
    const context = testContext();
    expect(decode({}, context)).toEqual({ model: 'm', stream: false, turns: [{ role: 'user', blocks: [{ type: 'text', text: 'Hi' }] }] });
    expect(context.losses).toEqual([]);
  });

  it('takes null for a field that is not there, as the vendor does', () => {
    const optional = `stream instructions tools tool_choice parallel_tool_calls max_output_tokens temperature top_p user background reasoning
      text previous_response_id conversation prompt include store metadata truncation`;
    expect(decode(Object.fromEntries(optional.split(/\s+/).map((field) => [field, null])))).toEqual(decode({}));
  });

  it('puts the instructions before the input', () => {
    expect(decode({ instructions: 'Be brief.', input: [{ role: 'developer', content: 'Be kind.' }] }).turns).toEqual([
      { role: 'system', blocks: [{ type: 'text', text: 'Be brief.' }] },
      { role: 'system', blocks: [{ type: 'text', text: 'Be kind.' }] },
    ]);
    expect(decode({ instructions: '' })).toEqual(decode({}));
  });

  it.each<[JsonObject, JsonObject]>([
    [{ temperature: 0, top_p: 0.5 }, { sampling: { temperature: 0, topP: 0.5 } }],
    [{ max_output_tokens: 7 }, { outputTokensMax: 7 }],
    [{ user: 'u1' }, { endUser: 'u1' }],
    [{ parallel_tool_calls: false }, { parallelToolCalls: false }],
    [{ background: false }, {}],
    [{ text: { format: { type: 'text' } } }, {}],
    [{ text: { format: { type: 'json_object' } } }, { format: { type: 'json' } }],
    [
      { text: { format: { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: true } } },
      { format: { type: 'json-schema', name: 'n', schema: { type: 'object' }, strict: true } },
    ],
    [{ text: { format: { type: 'json_schema', name: 'n', strict: null } } }, { format: { type: 'json-schema', name: 'n', schema: {} } }],
    [{ text: { format: { type: 'json_object' }, verbosity: 'low' } }, { format: { type: 'json' }, ...own({ text: { verbosity: 'low' } }) }],
    [{ reasoning: { effort: 'none' } }, { thinking: { mode: 'off' } }],
    [{ reasoning: { effort: 'minimal' } }, { thinking: { mode: 'on', effort: 'minimal', shown: false } }],
    [{ reasoning: { effort: 'xhigh' } }, { thinking: { mode: 'on', effort: 'max', shown: false } }],
    [{ reasoning: { effort: null, summary: 'auto' } }, { thinking: { mode: 'auto', shown: true } }],
    [{ reasoning: { generate_summary: 'auto' } }, { thinking: { mode: 'auto', shown: true } }],
    [{ reasoning: { effort: 'low', summary: 'auto' } }, { thinking: { mode: 'on', effort: 'low', shown: true } }],
    [{ reasoning: { effort: 'none', summary: 'auto' } }, { thinking: { mode: 'off' } }],
    [{ reasoning: { summary: null, context: 'all_turns' } }, own({ reasoning: { context: 'all_turns' } })],
  ])('reads %j', (fields, meaning) => {
    expect(added(fields)).toEqual({ ...meaning, lost: [] });
  });

  it.each(['concise', 'detailed'])('cannot say that a summary shall be %s', (summary) => {
    expect(added({ reasoning: { summary } })).toEqual({ thinking: { mode: 'auto', shown: true }, lost: ['reasoning.summary'] });
  });

  it('reads the switch for streams', () => {
    expect(decode({ stream: true }).stream).toBe(true);
  });

  it('keeps the fields that only this dialect knows, as they are', () => {
    const fields = {
      include: ['message.output_text.logprobs'],
      max_tool_calls: 2,
      metadata: { a: 'b' },
      service_tier: 'flex',
      store: true,
      stream_options: { include_obfuscation: false },
      top_logprobs: 2,
      truncation: 'auto',
      constructor: 'x',
    };
    expect(added(fields)).toEqual({ ...own(fields), lost: [] });
  });

  it('keeps no wish that is fulfilled anyway', () => {
    expect(added({ store: false, truncation: 'disabled', include: ['reasoning.encrypted_content'] })).toEqual({ lost: [] });
  });

  it('says what it cannot carry', () => {
    expect(added({ text: { format: { type: 'json_schema', name: 'n', description: 'd' } } }).lost).toEqual(['text.format.description']);
  });

  it('has a body whose fields may be called like parts of every object', () => {
    const body = JSON.parse('{"model":"m","input":"Hi","__proto__":{"metadata":{"a":"b"}}}') as JsonObject;
    const fields = decodeRequest(body, inspect(body), testContext()).extensions?.['openai-responses'];
    expect(fields?.['metadata']).toBeUndefined();
    expect(Object.keys(fields ?? {})).toEqual(['__proto__']);
  });
});

describe('tools of a request', () => {
  const weather = { name: 'weather', description: 'Looks out.', parameters: { type: 'object', properties: {} }, strict: true };

  it('are functions, tools for plain text, and the vendor’s own', () => {
    const format = { type: 'grammar', syntax: 'lark', definition: 'start: "a"' };
    const tools = [
      { type: 'function', ...weather },
      { type: 'function', name: 'noArguments', parameters: null, strict: null },
      { type: 'custom', name: 'patch', description: 'Edits.', format },
      { type: 'web_search', filters: { allowed_domains: ['a.example'] }, external_web_access: true },
    ];
    expect(added({ tools })).toEqual({
      tools: [
        weather,
        { name: 'noArguments' },
        { name: 'patch', description: 'Edits.', freeform: true },
        {
          name: 'web_search',
          server: { kind: 'web-search', allowedDomains: ['a.example'] },
          builtin: { dialect: 'openai-responses', data: tools[3] },
        },
      ],
      ...own({ 'tools.format': { patch: format } }),
      lost: ['tools.3.external_web_access'],
    });
  });

  it('are no search of the live web for whoever does not want one', () => {
    const tool = { type: 'web_search', external_web_access: false };
    expect(added({ tools: [tool] })).toEqual({
      tools: [{ name: 'web_search', builtin: { dialect: 'openai-responses', data: tool } }],
      lost: [],
    });
  });

  it('keep their grammars whatever they are called', () => {
    const format = { type: 'text' };
    const formats = added({ tools: [{ type: 'custom', name: '__proto__', format }] }).extensions?.['openai-responses']?.['tools.format'];
    expect(Object.entries(formats ?? {})).toEqual([['__proto__', format]]);
  });

  it.each<[unknown, unknown]>([
    ['auto', 'auto'],
    ['none', 'none'],
    ['required', 'required'],
    [{ type: 'function', name: 'weather' }, { name: 'weather' }],
    [{ type: 'custom', name: 'patch' }, { name: 'patch' }],
  ])('are chosen by %j', (choice, toolChoice) => {
    expect(added({ tool_choice: choice })).toEqual({ toolChoice, lost: [] });
  });

  it.each([{ type: 'allowed_tools', mode: 'auto', tools: [] }, { type: 'web_search' }, { type: 'mcp', server_label: 's' }])(
    'are chosen by %j, which only this dialect has',
    (choice) => {
      expect(added({ tool_choice: choice })).toEqual({ ...own({ tool_choice: choice }), lost: [] });
    },
  );
});

describe('what the vendor keeps', () => {
  it.each<[string, JsonObject]>([
    ['previous_response_id', { previous_response_id: 'resp_1' }],
    ['conversation', { conversation: 'conv_1' }],
    ['conversation', { conversation: { id: 'conv_1' } }],
    ['prompt', { prompt: { id: 'pmpt_1' } }],
    [
      'input.1',
      {
        input: [
          { role: 'user', content: 'Hi' },
          { type: 'item_reference', id: 'msg_1' },
        ],
      },
    ],
    ['input.0', { input: [{ id: 'msg_1' }] }],
    ['input.0', { input: [{ type: null, id: 'msg_1' }] }],
  ])('is refused with what to do instead: %s in %j', (field, fields) => {
    expect(() => decode(fields)).toThrow(refusalOf(field));
    expect(() => decode(fields)).toThrow(
      expect.toSatisfy((error: unknown) => BadRequestError.isInstance(error) && error.code === 'state_not_available'),
    );
  });

  it('is refused where the answer shall come later', () => {
    expect(() => decode({ background: true })).toThrow(refusalOf('background'));
  });
});

describe('a wrong field', () => {
  const item = (value: unknown) => ({ input: [value] });
  const part = (value: unknown) => item({ role: 'user', content: [value] });
  const call = (fields: JsonObject) => item({ type: 'function_call', call_id: 'c', name: 'x', arguments: '{}', ...fields });

  it.each<[string, JsonObject]>([
    ['input', { input: undefined }],
    ['input', { input: {} }],
    ['input', { input: [] }],
    ['input.0', item('Hi')],
    ['input.0.type', item({ type: 7 })],
    ['input.0.role', item({})],
    ['input.0.role', item({ role: 'constructor', content: 'Hi' })],
    ['input.0.role', item({ type: 'message', id: 'msg_1', content: 'Hi' })],
    ['input.0.content', item({ role: 'user' })],
    ['input.0.content', item({ role: 'system', content: null })],
    ['input.0.content.0', part('Hi')],
    ['input.0.content.0.type', part({ text: 'Hi' })],
    ['input.0.content.0.text', part({ type: 'input_text' })],
    ['input.0.content.0.text', part({ type: 'output_text', text: 7 })],
    ['input.0.content.0.refusal', part({ type: 'refusal' })],
    ['input.0.content.0', part({ type: 'input_image' })],
    ['input.0.content.0.image_url', part({ type: 'input_image', image_url: { url: 'https://example.org' } })],
    ['input.0.content.0.image_url', part({ type: 'input_image', image_url: 'data:image/png,raw' })],
    ['input.0.content.0.file_id', part({ type: 'input_image', file_id: 7 })],
    ['input.0.content.0.detail', part({ type: 'input_image', file_id: 'f', detail: 7 })],
    ['input.0.content.0', part({ type: 'input_file', filename: 'a.pdf' })],
    ['input.0.content.0.file_data', part({ type: 'input_file', file_data: 'data:application/pdf,raw' })],
    ['input.0.content.0.file_url', part({ type: 'input_file', file_url: 7 })],
    ['input.0.content.0.filename', part({ type: 'input_file', file_id: 'f', filename: 7 })],
    ['input.0.content.0.input_audio', part({ type: 'input_audio' })],
    ['input.0.content.0.input_audio.data', part({ type: 'input_audio', input_audio: { format: 'wav' } })],
    ['input.0.content.0.input_audio.format', part({ type: 'input_audio', input_audio: { data: 'UklGRg==', format: '' } })],
    ['input.0.call_id', call({ call_id: '' })],
    ['input.0.name', call({ name: undefined })],
    ['input.0.arguments', call({ arguments: {} })],
    ['input.0.input', item({ type: 'custom_tool_call', call_id: 'c', name: 'x' })],
    ['input.0.call_id', item({ type: 'function_call_output', output: 'x' })],
    ['input.0.output', item({ type: 'function_call_output', call_id: 'c' })],
    ['input.0.output.0.text', item({ type: 'custom_tool_call_output', call_id: 'c', output: [{ type: 'input_text' }] })],
    ['input.0.summary', item({ type: 'reasoning', summary: 'Hm' })],
    ['input.0.content', item({ type: 'reasoning', summary: [], content: {} })],
    ['instructions', { instructions: [] }],
    ['tools', { tools: {} }],
    ['tools.0', { tools: ['x'] }],
    ['tools.0.type', { tools: [{ name: 'x' }] }],
    ['tools.0.name', { tools: [{ type: 'function', name: '' }] }],
    ['tools.0.name', { tools: [{ type: 'custom' }] }],
    ['tools.0.description', { tools: [{ type: 'function', name: 'x', description: 7 }] }],
    ['tools.0.parameters', { tools: [{ type: 'function', name: 'x', parameters: [] }] }],
    ['tools.0.strict', { tools: [{ type: 'function', name: 'x', strict: 'yes' }] }],
    ['tool_choice', { tool_choice: 'maybe' }],
    ['tool_choice.name', { tool_choice: { type: 'function' } }],
    ['parallel_tool_calls', { parallel_tool_calls: 'no' }],
    ['max_output_tokens', { max_output_tokens: 0 }],
    ['max_output_tokens', { max_output_tokens: '7' }],
    ['temperature', { temperature: 'hot' }],
    ['top_p', { top_p: '1' }],
    ['reasoning', { reasoning: 'high' }],
    ['reasoning.effort', { reasoning: { effort: 'extreme' } }],
    ['text', { text: 'json' }],
    ['text.format', { text: { format: 'json' } }],
    ['text.format.type', { text: { format: { type: 'xml' } } }],
    ['text.format.name', { text: { format: { type: 'json_schema' } } }],
    ['text.format.schema', { text: { format: { type: 'json_schema', name: 'n', schema: [] } } }],
    ['text.format.strict', { text: { format: { type: 'json_schema', name: 'n', strict: 1 } } }],
    ['user', { user: 7 }],
    ['model', { model: '' }],
    ['stream', { stream: 'true' }],
    ['background', { background: 'yes' }],
  ])('is refused with its name: %s in %j', (field, fields) => {
    expect(() => decode(fields)).toThrow(refusalOf(field));
  });
});
