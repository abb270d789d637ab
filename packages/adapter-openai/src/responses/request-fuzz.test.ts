import type { JsonObject } from '@tollgate/plugin-kit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { someResponsesRequest } from '../testing/responses-arbitraries.js';
import { testAnyJsonAsRequest } from '../testing/any-json-request.js';
import { testContext } from '../testing/test-context.js';
import { decodeRequest } from './decode-request.js';
import { encodeRequest } from './encode-request.js';
import { inspect } from './inspect.js';

const sampleBody: JsonObject = {
  model: 'gpt-5.6',
  stream: true,
  background: false,
  max_output_tokens: 50,
  instructions: 'Be brief.',
  include: ['reasoning.encrypted_content'],
  reasoning: { effort: 'low', summary: 'auto' },
  text: { format: { type: 'json_schema', name: 'n', schema: {}, strict: true }, verbosity: 'low' },
  tools: [
    { type: 'function', name: 'f', description: 'd', parameters: {}, strict: true },
    { type: 'custom', name: 'c', format: { type: 'text' } },
    { type: 'web_search' },
  ],
  tool_choice: { type: 'function', name: 'f' },
  input: [
    { role: 'developer', content: 'Be kind.' },
    {
      type: 'message',
      role: 'user',
      content: [
        { type: 'input_text', text: 'Hi', prompt_cache_breakpoint: { mode: 'explicit' } },
        { type: 'input_image', image_url: 'data:image/png;base64,iVBORw==', detail: 'low' },
        { type: 'input_file', file_data: 'data:application/pdf;base64,JVBERi0=', filename: 'a.pdf' },
        { type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } },
      ],
    },
    { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm' }], encrypted_content: 'tg1.anthropic..s' },
    {
      type: 'message',
      role: 'assistant',
      phase: 'commentary',
      content: [
        { type: 'output_text', text: 'a' },
        { type: 'refusal', refusal: 'b' },
      ],
    },
    { type: 'function_call', call_id: 'a', name: 'f', arguments: '{}' },
    { type: 'reasoning', summary: [], encrypted_content: 'tg1p.YQ.tg1.google..g' },
    { type: 'custom_tool_call', call_id: 'b', name: 'c', input: 'x' },
    { type: 'function_call_output', call_id: 'a', output: [{ type: 'input_text', text: 'x' }] },
    { type: 'custom_tool_call_output', call_id: 'b', output: 'x' },
    { type: 'web_search_call', id: 'ws_1', status: 'completed' },
  ],
};

testAnyJsonAsRequest(
  { inspect, decodeRequest, encodeRequest },
  {
    sample: sampleBody,
    smallest: { model: 'm', input: 'Hi' },
    otherFields: ['user', 'temperature', 'prompt', 'previous_response_id', 'x'],
  },
);

describe('request round trip', () => {
  it('keeps the meaning of everything that the dialect can say', () => {
    fc.assert(
      fc.property(someResponsesRequest, (request) => {
        const context = testContext();
        const body = JSON.parse(JSON.stringify(encodeRequest(request, context))) as JsonObject;
        expect(decodeRequest(body, inspect(body), context)).toEqual(request);
        expect(context.losses).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('leaves every item in its place, empty messages too', () => {
    const said = fc.constantFrom<JsonObject>(
      { type: 'message', role: 'user', content: '' },
      { type: 'message', role: 'user', content: 'Hi' },
      { type: 'message', role: 'assistant', content: 'Hello' },
      { type: 'function_call', call_id: 'a', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'a', output: 'x' },
      { type: 'mcp_approval_response', approve: true, approval_request_id: 'a' },
    );
    fc.assert(
      fc.property(fc.array(said, { minLength: 1, maxLength: 8 }), (items) => {
        const written = (input: unknown) => {
          const body = { model: 'gpt-4o', input };
          return encodeRequest(decodeRequest(body, inspect(body), testContext()), testContext())['input'];
        };
        const once = written(items);
        expect(written(once)).toEqual(once);
        // Only what the user goes on to say after a result becomes one message with what was said before.
        expect((once as unknown[]).flatMap(wordsOf)).toEqual(items.flatMap(wordsOf));
      }),
      { numRuns: 500 },
    );
  });

  it('writes fields that only this dialect knows back', () => {
    const body = {
      model: 'gpt-4o',
      store: true,
      input: [
        {
          type: 'message',
          role: 'user',
          content: [
            { type: 'input_text', text: 'a' },
            { type: 'input_news', data: 1 },
          ],
        },
        { type: 'web_search_call', id: 'ws_1', status: 'completed' },
        { type: 'mcp_approval_response', approve: true, approval_request_id: 'a' },
      ],
      service_tier: 'flex',
      truncation: 'auto',
      text: { verbosity: 'low' },
      reasoning: { context: 'current_turn' },
      tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [] },
      tools: [{ type: 'custom', name: 'patch', format: { type: 'grammar', syntax: 'regex', definition: 'a+' } }, { type: 'web_search' }],
    };
    expect(encodeRequest(decodeRequest(body, inspect(body), testContext()), testContext())).toEqual(body);
  });
});

/** What an item says, whether alone or as one of several parts. */
function wordsOf(item: unknown): readonly unknown[] {
  const { content, ...rest } = item as JsonObject;
  if (content === undefined) return [rest];
  if (typeof content === 'string') return [[rest['role'], content]];
  return (content as readonly JsonObject[]).map(({ text }) => [rest['role'], text]);
}
