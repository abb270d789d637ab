import type { JsonObject } from '@tollgate/plugin-kit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { someRequest } from '../testing/arbitraries.js';
import { testAnyJsonAsRequest } from '../testing/any-json-request.js';
import { testContext } from '../testing/test-context.js';
import { decodeRequest } from './decode-request.js';
import { encodeRequest } from './encode-request.js';
import { inspect } from './inspect.js';

const sampleBody: JsonObject = {
  model: 'gpt-4o-mini',
  stream: true,
  stream_options: { include_usage: true },
  max_tokens: 5,
  n: 1,
  stop: ['END'],
  reasoning_effort: 'low',
  reasoning: { effort: 'low', max_tokens: 5, enabled: true },
  response_format: { type: 'json_schema', json_schema: { name: 'n', schema: {}, strict: true } },
  functions: [{ name: 'f', parameters: {} }],
  function_call: { name: 'f' },
  tools: [
    { type: 'function', function: { name: 'f', description: 'd', parameters: {}, strict: true } },
    { type: 'custom', custom: { name: 'c', format: { type: 'text' } } },
  ],
  tool_choice: { type: 'function', function: { name: 'f' } },
  messages: [
    { role: 'system', content: 'Be brief.' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Hi', cache_control: { type: 'ephemeral', ttl: '1h' } },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw==', detail: 'low' } },
        { type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } },
        { type: 'file', file: { file_data: 'data:application/pdf;base64,JVBERi0=', filename: 'a.pdf' } },
      ],
    },
    {
      role: 'assistant',
      content: null,
      refusal: null,
      reasoning_content: 'Hm',
      reasoning_details: [{ type: 'reasoning.text', signature: 'tg1.anthropic..s' }],
      tool_calls: [
        { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' }, extra_content: { google: { thought_signature: 's' } } },
        { id: 'b', type: 'custom', custom: { name: 'c', input: 'x' } },
      ],
      function_call: { name: 'f', arguments: '{}' },
    },
    { role: 'tool', tool_call_id: 'a', content: [{ type: 'text', text: 'x' }] },
    { role: 'function', name: 'f', content: 'x' },
  ],
};

testAnyJsonAsRequest(
  { inspect, decodeRequest, encodeRequest },
  { sample: sampleBody, smallest: { model: 'm', messages: [{ role: 'user', content: 'Hi' }] }, otherFields: ['user', 'seed', 'x'] },
);

describe('request round trip', () => {
  it('keeps the meaning of everything that the dialect can say', () => {
    fc.assert(
      fc.property(someRequest, (request) => {
        const context = testContext();
        const body = JSON.parse(JSON.stringify(encodeRequest(request, context))) as JsonObject;
        expect(decodeRequest(body, inspect(body), context)).toEqual(request);
        expect(context.losses).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('writes fields that only this dialect knows back', () => {
    const format = { type: 'grammar', grammar: { syntax: 'regex', definition: 'a+' } };
    const body = {
      model: 'gpt-4o-mini',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a' },
            { type: 'news', data: 1 },
          ],
        },
      ],
      logit_bias: { 1: 2 },
      service_tier: 'flex',
      tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [] } },
      tools: [{ type: 'custom', custom: { name: 'patch', format } }, { type: 'web_search' }],
    };
    expect(encodeRequest(decodeRequest(body, inspect(body), testContext()), testContext())).toEqual(body);
  });
});
