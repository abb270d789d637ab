import type { Block, CanonicalRequest, CanonicalResponse, StopReason } from '@tollgate/plugin-kit';
import { emptyUsage } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { canonicalRequest, canonicalResponse, text } from '../testing/canonical.js';
import { testContext } from '../testing/test-context.js';
import { encodeResponse } from './encode-response.js';

function encode(fields: Partial<CanonicalResponse>, request: CanonicalRequest = canonicalRequest()) {
  const context = testContext();
  return { answer: encodeResponse(canonicalResponse(fields), request, context), lost: context.lostFields() };
}

function messageOf(blocks: readonly Block[], request?: CanonicalRequest) {
  const { answer, lost } = encode({ blocks }, request);
  return { message: answer.choices[0].message, lost };
}

describe('encodeResponse', () => {
  it('writes an answer as the vendor does', () => {
    const usage = { ...emptyUsage(), inputText: 3, inputCacheRead: 2, outputText: 4, outputReasoning: 1 };
    expect(encode({ usage })).toEqual({
      answer: {
        id: 'chatcmpl-1',
        object: 'chat.completion',
        created: 1_764_000_000,
        model: 'gpt-4o-mini',
        choices: [{ index: 0, message: { role: 'assistant', content: 'Hello', refusal: null }, logprobs: null, finish_reason: 'stop' }],
        usage: {
          prompt_tokens: 5,
          completion_tokens: 5,
          total_tokens: 10,
          prompt_tokens_details: { cached_tokens: 2, audio_tokens: 0 },
          completion_tokens_details: { reasoning_tokens: 1, audio_tokens: 0, accepted_prediction_tokens: 0, rejected_prediction_tokens: 0 },
        },
      },
      lost: [],
    });
  });

  it('makes up an id and a model where the upstream has none', () => {
    expect(encode({ id: '', model: '' }).answer).toMatchObject({ id: 'chatcmpl-1', model: 'gpt-4o-mini' });
  });

  it.each<[StopReason, string]>([
    ['end', 'stop'],
    ['stop-sequence', 'stop'],
    ['pause', 'stop'],
    ['length', 'length'],
    ['error', 'length'],
    ['tool', 'tool_calls'],
    ['filter', 'content_filter'],
    ['refusal', 'content_filter'],
  ])('calls the end %s %s', (stop, finishReason) => {
    expect(encode({ stop }).answer.choices[0].finish_reason).toBe(finishReason);
  });
});

describe('a message', () => {
  it('has no content where nothing is said', () => {
    expect(messageOf([]).message).toEqual({ role: 'assistant', content: null, refusal: null });
  });

  it('joins texts, and lists their sources', () => {
    expect(
      messageOf([text('a'), { type: 'text', text: 'b', citations: [{ url: 'https://example.org', title: 'T' }, { quote: 'q' }] }]),
    ).toEqual({
      message: {
        role: 'assistant',
        content: 'ab',
        refusal: null,
        annotations: [
          { type: 'url_citation', url_citation: { url: 'https://example.org', title: 'T', start_index: 0, end_index: 0 } },
          { type: 'url_citation', url_citation: { url: '', title: '', start_index: 0, end_index: 0 } },
        ],
      },
      lost: [],
    });
  });

  it('has thinking as text, with seals wrapped in the name of their vendor', () => {
    const blocks: Block[] = [
      { type: 'thinking', text: 'Hm', seal: { vendor: 'anthropic', value: 's' } },
      { type: 'thinking', text: '', redacted: true, seal: { vendor: 'anthropic', value: 'r' } },
      { type: 'text', text: 'Well', seal: { vendor: 'google', value: 't' } },
      { type: 'tool-call', id: 'a', name: 'x', arguments: '{}', seal: { vendor: 'google', value: 'g' } },
    ];
    expect(messageOf(blocks)).toEqual({
      message: {
        role: 'assistant',
        content: 'Well',
        refusal: null,
        reasoning_content: 'Hm',
        reasoning_details: [
          { type: 'reasoning.text', text: 'Hm', signature: 'tg1.anthropic..s', index: 0 },
          { type: 'reasoning.encrypted', data: 'tg1.anthropic..r', index: 1 },
          { type: 'reasoning.encrypted', data: 'tg1p..tg1.google..t', index: 2 },
        ],
        tool_calls: [
          {
            id: 'a',
            type: 'function',
            function: { name: 'x', arguments: '{}' },
            extra_content: { google: { thought_signature: 'tg1.google..g' } },
          },
        ],
      },
      lost: [],
    });
  });

  it('has calls of the kind that the caller declared, whatever the upstream took the tool for', () => {
    const request = canonicalRequest({ tools: [{ name: 'patch', freeform: true }, { name: 'x' }] });
    const call = (id: string, name: string, value: string, freeform?: true): Block => ({
      type: 'tool-call',
      id,
      name,
      arguments: value,
      ...(freeform === undefined ? {} : { freeform }),
    });
    const blocks = [
      call('a', 'patch', 'plain', true),
      call('b', 'patch', '{"input":"a \\"b\\""}'),
      call('c', 'patch', '{"text":"odd"}'),
      call('d', 'patch', 'not JSON'),
      call('e', 'x', '{"input":"1"}'),
      call('f', 'x', 'a "b"', true),
    ];
    const custom = (id: string, input: string) => ({ id, type: 'custom', custom: { name: 'patch', input } });
    expect(messageOf(blocks, request).message.tool_calls).toEqual([
      custom('a', 'plain'),
      custom('b', 'a "b"'),
      custom('c', '{"text":"odd"}'),
      custom('d', 'not JSON'),
      { id: 'e', type: 'function', function: { name: 'x', arguments: '{"input":"1"}' } },
      { id: 'f', type: 'function', function: { name: 'x', arguments: '{"input":"a \\"b\\""}' } },
    ]);
  });

  it('shows pictures, and says what it cannot', () => {
    const picture: Block = { type: 'media', media: 'image', mimeType: 'image/png', source: { base64: 'QUJD' } };
    const blocks: Block[] = [
      picture,
      { type: 'media', media: 'image', source: { fileId: 'f', vendor: 'google' } },
      { type: 'media', media: 'video', source: { base64: 'QUJD' } },
      { type: 'opaque', dialect: 'gemini', data: {} },
    ];
    const { message, lost } = messageOf(blocks);
    expect(message.images).toEqual([{ type: 'image_url', image_url: { url: 'data:image/png;base64,QUJD' } }]);
    expect(lost).toEqual(['media block', 'opaque block']);
  });
});
