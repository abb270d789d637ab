import { type JsonObject, UpstreamError } from '@tollgate/plugin-kit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testContext } from '../testing/test-context.js';
import { decodeResponse } from './decode-response.js';

/** An answer with one message. */
function answer(message: JsonObject, finishReason: string | null = 'stop', fields: JsonObject = {}): JsonObject {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_764_000_000,
    model: 'gpt-4o-mini',
    choices: [{ index: 0, message: { role: 'assistant', ...message }, logprobs: null, finish_reason: finishReason }],
    usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
    ...fields,
  };
}

function decode(message: JsonObject, finishReason?: string | null) {
  return decodeResponse(answer(message, finishReason), testContext());
}

/** The error that a body is. */
function errorOf(body: unknown) {
  try {
    decodeResponse(body, testContext());
  } catch (error) {
    if (UpstreamError.isInstance(error)) return error.verdict;
    throw error;
  }
  throw new Error('The body was taken for an answer.');
}

describe('decodeResponse', () => {
  it('reads a text with all that belongs to it', () => {
    expect(decode({ content: 'Hello', refusal: null, annotations: [] })).toMatchObject({
      id: 'chatcmpl-1',
      model: 'gpt-4o-mini',
      blocks: [{ type: 'text', text: 'Hello' }],
      stop: 'end',
      usage: { inputText: 3, outputText: 4 },
    });
  });

  it('takes the first of several choices', () => {
    const other = { index: 1, message: { content: 'Bye' }, finish_reason: 'length' };
    const body = answer({ content: 'Hello' });
    expect(decodeResponse({ ...body, choices: [...(body['choices'] as object[]), other] }, testContext())).toMatchObject({
      blocks: [{ text: 'Hello' }],
      stop: 'end',
    });
  });

  it.each<[string, JsonObject, unknown]>([
    ['nothing', { content: null }, []],
    ['an empty text', { content: '' }, []],
    ['parts', { content: [{ type: 'text', text: 'a' }, 'odd', { type: 'text', text: 'b' }] }, [{ type: 'text', text: 'ab' }]],
    [
      'thinking among the parts',
      {
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }] },
          { type: 'thinking', thinking: '…' },
          { type: 'text', text: 'a' },
        ],
      },
      [
        { type: 'thinking', text: 'Hm…' },
        { type: 'text', text: 'a' },
      ],
    ],
    [
      'thinking beside the text',
      { reasoning_content: 'Hm', content: 'a' },
      [
        { type: 'thinking', text: 'Hm' },
        { type: 'text', text: 'a' },
      ],
    ],
    ['thinking by its other name', { reasoning: 'Hm', content: '' }, [{ type: 'thinking', text: 'Hm' }]],
    [
      'thinking in details',
      {
        content: null,
        reasoning_details: [
          { type: 'reasoning.text', text: 'H' },
          { type: 'reasoning.summary', summary: 'm' },
          { type: 'reasoning.encrypted', data: 'x' },
          7,
        ],
      },
      [{ type: 'thinking', text: 'Hm' }],
    ],
    [
      'thinking twice over',
      { reasoning: 'Hm', reasoning_content: 'Hm', reasoning_details: [{ type: 'reasoning.text', text: 'Hm' }], content: null },
      [{ type: 'thinking', text: 'Hm' }],
    ],
    [
      'sources',
      {
        content: 'a',
        annotations: [
          { type: 'url_citation', url_citation: { url: 'https://example.org', title: 'T', start_index: 0, end_index: 1 } },
          { type: 'url_citation', url_citation: { url: 'https://example.com' } },
          { type: 'file_citation' },
          'odd',
        ],
      },
      [{ type: 'text', text: 'a', citations: [{ url: 'https://example.org', title: 'T' }, { url: 'https://example.com' }] }],
    ],
    [
      'pictures',
      {
        content: null,
        images: [
          { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw==' } },
          { type: 'image_url', image_url: { url: 'https://example.org/a.png' } },
          { type: 'image_url', image_url: { url: 'data:image/svg+xml,raw' } },
          { type: 'image_url' },
        ],
      },
      [
        { type: 'media', media: 'image', mimeType: 'image/png', source: { base64: 'iVBORw==' } },
        { type: 'media', media: 'image', source: { url: 'https://example.org/a.png' } },
      ],
    ],
  ])('reads %s', (_name, message, blocks) => {
    expect(decode(message).blocks).toEqual(blocks);
  });

  it('reads calls, naming those that have no id', () => {
    const { blocks, stop } = decode(
      {
        content: null,
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'x', arguments: '{"n":1}' } },
          { id: '', type: 'function', function: { name: 'y', arguments: '' } },
          { type: 'function', function: { name: 'z', arguments: { n: 1 } } },
          { id: 'b', type: 'custom', custom: { name: 'patch', input: 'plain' } },
        ],
      },
      'tool_calls',
    );
    expect(blocks).toEqual([
      { type: 'tool-call', id: 'a', name: 'x', arguments: '{"n":1}' },
      { type: 'tool-call', id: 'call_1', name: 'y', arguments: '{}' },
      { type: 'tool-call', id: 'call_2', name: 'z', arguments: '{"n":1}' },
      { type: 'tool-call', id: 'b', name: 'patch', arguments: 'plain', freeform: true },
    ]);
    expect(stop).toBe('tool');
  });

  it('reads a call in the vendor’s first form', () => {
    expect(decode({ content: null, function_call: { name: 'x', arguments: '{}' } }, 'function_call')).toMatchObject({
      blocks: [{ type: 'tool-call', id: 'call_1', name: 'x', arguments: '{}' }],
      stop: 'tool',
    });
  });

  it.each<[string | null, JsonObject, string]>([
    ['stop', { content: 'a' }, 'end'],
    [null, { content: 'a' }, 'end'],
    ['', { content: 'a' }, 'end'],
    ['eos_token', { content: 'a' }, 'end'],
    ['constructor', { content: 'a' }, 'end'],
    ['length', { content: 'a' }, 'length'],
    ['content_filter', { content: 'a' }, 'filter'],
    ['error', { content: 'a' }, 'error'],
    ['insufficient_system_resource', { content: 'a' }, 'error'],
    ['stop', { content: null, refusal: 'No.' }, 'refusal'],
    ['stop', { content: null, tool_calls: [{ id: 'a', function: { name: 'x', arguments: '{}' } }] }, 'tool'],
    ['length', { content: null, tool_calls: [{ id: 'a', function: { name: 'x', arguments: '{' } }] }, 'length'],
  ])('reads the end %s of %j', (finishReason, message, stop) => {
    expect(decode(message, finishReason).stop).toBe(stop);
  });

  it('says a refusal in words', () => {
    expect(decode({ content: null, refusal: 'No.' }).blocks).toEqual([{ type: 'text', text: 'No.' }]);
  });

  it('counts nothing where no usage is stated', () => {
    for (const usage of [undefined, null, {}, 7]) {
      const counts = Object.values(decodeResponse(answer({ content: 'a' }, 'stop', { usage }), testContext()).usage);
      expect(counts.every((count) => count === 0)).toBe(true);
    }
  });
});

describe('an error in the clothes of an answer', () => {
  it.each<[string, unknown, JsonObject]>([
    ['no object', 'gone', { code: 'upstream_empty', retry: 'other' }],
    ['no choices', {}, { code: 'upstream_empty', retry: 'other' }],
    ['empty choices', { choices: [] }, { code: 'upstream_empty', retry: 'other' }],
    ['a choice without a message', { choices: [{ index: 0 }] }, { code: 'upstream_empty', retry: 'other' }],
    ['an error', { error: { message: 'Busy.', type: 'overloaded_error' } }, { kind: 'overloaded', message: 'Busy.', retry: 'other' }],
    ['an error in one word', { error: 'Busy.' }, { kind: 'server', message: 'Busy.' }],
    ['an error with a status', { error: { code: 429, message: 'Slow down.' } }, { kind: 'rate-limit', status: 429 }],
    [
      'an error beside an answer',
      answer({ content: 'half' }, 'stop', { error: { message: 'Broke.', code: 502 } }),
      { kind: 'server', status: 502, message: 'Broke.' },
    ],
    [
      'an error inside the choice',
      { choices: [{ index: 0, message: { content: '' }, finish_reason: 'error', error: { message: 'Broke.', code: 502 } }] },
      { kind: 'server', status: 502, message: 'Broke.' },
    ],
  ])('is thrown: %s', (_name, body, verdict) => {
    expect(errorOf(body)).toMatchObject(verdict);
  });

  it('is none if it says nothing', () => {
    for (const error of [null, '', {}, { message: '', code: null }]) {
      expect(decodeResponse(answer({ content: 'a' }, 'stop', { error }), testContext()).blocks).toHaveLength(1);
    }
  });
});

describe('any JSON as an answer', () => {
  const anyValue = fc.oneof(
    fc.constantFrom<unknown>(null, '', 0, -1, 1.5, true, [], {}, [null], ['x'], [[]], [{}], 'constructor'),
    fc.string(),
  );
  const sample = fc.record(
    {
      id: anyValue,
      model: anyValue,
      error: anyValue,
      usage: anyValue,
      choices: fc.array(
        fc.record(
          {
            index: anyValue,
            finish_reason: anyValue,
            message: fc.dictionary(
              fc.constantFrom(
                'content',
                'refusal',
                'reasoning',
                'reasoning_details',
                'annotations',
                'audio',
                'images',
                'tool_calls',
                'function_call',
              ),
              fc.oneof(
                anyValue,
                fc.array(
                  fc.dictionary(
                    fc.constantFrom('type', 'text', 'thinking', 'function', 'custom', 'image_url', 'id', 'data', 'signature', 'format'),
                    anyValue,
                  ),
                ),
              ),
            ),
          },
          { requiredKeys: [] },
        ),
      ),
    },
    { requiredKeys: [] },
  );

  it('is read, or thrown as an upstream’s error', () => {
    fc.assert(
      fc.property(fc.oneof(sample, anyValue), (body) => {
        try {
          const { blocks, usage } = decodeResponse(body, testContext());
          expect(blocks.every((block) => block.type !== 'tool-call' || block.id !== '')).toBe(true);
          expect(Object.values(usage).every((count) => count >= 0)).toBe(true);
        } catch (error) {
          if (!UpstreamError.isInstance(error)) throw error;
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
