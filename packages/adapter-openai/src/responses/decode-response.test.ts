import { type JsonObject, UpstreamError, wrapSeal } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { testContext } from '../testing/test-context.js';
import { decodeResponse } from './decode-response.js';

function decode(fields: JsonObject, context = testContext()) {
  return decodeResponse(
    { id: 'resp_1', object: 'response', status: 'completed', error: null, model: 'gpt-4o-mini', output: [], ...fields },
    context,
  );
}

/** The blocks that items become. */
function blocksOf(...output: JsonObject[]) {
  return decode({ output }).blocks;
}

function failureOf(body: unknown) {
  try {
    decodeResponse(body, testContext());
  } catch (error) {
    if (UpstreamError.isInstance(error)) return error.verdict;
    throw error;
  }
  throw new Error('There was no failure.');
}

const message = (...content: JsonObject[]): JsonObject => ({ type: 'message', id: 'msg_1', role: 'assistant', content });
const outputText = (text: string, fields: JsonObject = {}): JsonObject => ({ type: 'output_text', text, annotations: [], ...fields });
const call: JsonObject = { type: 'function_call', id: 'fc_1', call_id: 'a', name: 'weather', arguments: '{}' };

describe('decodeResponse', () => {
  it('reads an answer', () => {
    expect(decode({ output: [message(outputText('Hello'))], usage: { input_tokens: 3, output_tokens: 2, total_tokens: 5 } })).toMatchObject(
      {
        id: 'resp_1',
        model: 'gpt-4o-mini',
        blocks: [{ type: 'text', text: 'Hello' }],
        stop: 'end',
        usage: { inputText: 3, outputText: 2 },
      },
    );
  });

  it.each<[string, JsonObject, unknown]>([
    ['a message of several parts', message(outputText('a'), outputText(''), outputText('b')), [{ text: 'a' }, { text: 'b' }]],
    ['a message without parts', message(), []],
    ['a refusal', message({ type: 'refusal', refusal: 'No.' }), [{ type: 'text', text: 'No.' }]],
    [
      'sources',
      message(
        outputText('a', {
          annotations: [
            { type: 'url_citation', url: 'https://example.org', title: 'T', start_index: 0, end_index: 1 },
            { type: 'url_citation', url: 'https://example.com', title: '' },
            { type: 'file_citation', file_id: 'f' },
          ],
        }),
      ),
      [{ type: 'text', text: 'a', citations: [{ url: 'https://example.org', title: 'T' }, { url: 'https://example.com' }] }],
    ],
    ['a call', call, [{ type: 'tool-call', id: 'a', name: 'weather', arguments: '{}' }]],
    ['a call without arguments', { ...call, arguments: '' }, [{ arguments: '{}' }]],
    ['a call without an id to answer it', { ...call, call_id: undefined }, [{ id: 'fc_1' }]],
    ['a call without any id', { ...call, call_id: '', id: '' }, [{ id: 'call_1' }]],
    [
      'a call for plain text',
      { type: 'custom_tool_call', call_id: 'a', name: 'patch', input: 'x' },
      [{ type: 'tool-call', id: 'a', name: 'patch', arguments: 'x', freeform: true }],
    ],
    [
      'reasoning by its summary',
      {
        type: 'reasoning',
        summary: [
          { type: 'summary_text', text: 'H' },
          { type: 'summary_text', text: 'm' },
        ],
      },
      [{ type: 'thinking', text: 'H\n\nm' }],
    ],
    [
      'reasoning in full',
      { type: 'reasoning', summary: [{ text: 'short' }], content: [{ type: 'reasoning_text', text: 'long' }], encrypted_content: 'e' },
      [{ type: 'thinking', text: 'long', seal: { vendor: 'openai', value: 'e' } }],
    ],
    [
      'encrypted reasoning alone',
      { type: 'reasoning', summary: [], encrypted_content: 'e' },
      [{ type: 'thinking', text: '', redacted: true, seal: { vendor: 'openai', value: 'e' } }],
    ],
    [
      'reasoning that another gateway passes on',
      { type: 'reasoning', summary: [], encrypted_content: wrapSeal({ vendor: 'google', value: 'g' }) },
      [{ type: 'thinking', text: '', redacted: true, seal: { vendor: 'google', value: 'g' } }],
    ],
    ['reasoning that says nothing', { type: 'reasoning', summary: null, content: 'x', encrypted_content: null }, []],
    [
      'a picture',
      { type: 'image_generation_call', result: 'QUJD', output_format: 'webp' },
      [{ type: 'media', media: 'image', mimeType: 'image/webp', source: { base64: 'QUJD' } }],
    ],
    ['a picture of no stated format', { type: 'image_generation_call', result: 'QUJD' }, [{ mimeType: 'image/png' }]],
    [
      'a picture that did not come',
      { type: 'image_generation_call', result: null },
      [{ type: 'opaque', dialect: 'openai-responses', data: { type: 'image_generation_call', result: null } }],
    ],
    [
      'a server tool',
      { type: 'web_search_call', id: 'ws_1' },
      [{ type: 'opaque', dialect: 'openai-responses', data: { type: 'web_search_call', id: 'ws_1' } }],
    ],
  ])('reads %s', (_name, item, blocks) => {
    expect(blocksOf(item)).toMatchObject(blocks as object[]);
  });

  it('overlooks what is no item', () => {
    expect(decode({ output: [null, 'x', message(outputText('a'))] }).blocks).toHaveLength(1);
  });

  it('says what only answers keep that pass unchanged', () => {
    const context = testContext();
    const logprobs = [{ token: 'a', logprob: -1 }];
    decode(
      { output: [{ ...message(outputText('a', { logprobs })), phase: 'final_answer' }, message(outputText('b', { logprobs: [] }))] },
      context,
    );
    expect(context.lostFields()).toEqual(['logprobs', 'phase']);
  });
});

describe('the end of an answer', () => {
  const refusal = message({ type: 'refusal', refusal: 'No.' });

  it.each<[JsonObject, string]>([
    [{ output: [] }, 'end'],
    [{ status: undefined, output: [message(outputText('a'))] }, 'end'],
    [{ output: [call] }, 'tool'],
    [{ output: [refusal] }, 'refusal'],
    [{ output: [refusal, call] }, 'tool'],
    [{ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }, 'length'],
    [{ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' }, output: [call] }, 'length'],
    [{ status: 'incomplete', incomplete_details: { reason: 'content_filter' }, output: [refusal] }, 'filter'],
    [{ status: 'incomplete', incomplete_details: null }, 'length'],
    [{ status: 'incomplete', incomplete_details: { reason: 'constructor' } }, 'length'],
    [{ status: 'cancelled' }, 'error'],
  ])('%j is %s', (fields, stop) => {
    expect(decode(fields).stop).toBe(stop);
  });
});

describe('what is no answer', () => {
  it.each<[unknown, object]>([
    [
      { status: 'failed', error: { code: 'rate_limit_exceeded', message: 'Slow down.' } },
      { kind: 'rate-limit', status: 429, message: 'Slow down.' },
    ],
    [
      { error: { type: 'invalid_request_error', message: 'Wrong.', param: 'input' } },
      { kind: 'invalid-request', status: 400, field: 'input', retry: 'never' },
    ],
    [
      { status: 'failed', error: null, output: [] },
      { kind: 'server', code: 'upstream_empty', retry: 'other' },
    ],
    [{ choices: [] }, { code: 'upstream_empty' }],
    [null, { code: 'upstream_empty' }],
    ['<html>', { code: 'upstream_empty' }],
  ])('%j fails', (body, verdict) => {
    expect(failureOf(body)).toMatchObject(verdict);
  });
});
