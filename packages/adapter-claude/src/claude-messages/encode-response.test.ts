import { type Block, emptyUsage, unsealed } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { canonicalRequest, canonicalResponse, text } from '../testing/canonical.js';
import { testContext } from '../testing/test-context.js';
import { encodeResponse } from './encode-response.js';

function contentOf(...blocks: readonly Block[]) {
  const context = testContext();
  return { content: encodeResponse(canonicalResponse({ blocks }), canonicalRequest(), context).content, lost: context.lostFields() };
}

describe('encodeResponse', () => {
  it('writes a message as the vendor does', () => {
    const usage = { ...emptyUsage(), inputText: 3, outputText: 4 };
    expect(
      encodeResponse(canonicalResponse({ usage, stop: 'stop-sequence', stopSequence: 'END' }), canonicalRequest(), testContext()),
    ).toEqual({
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-4-5',
      content: [{ type: 'text', text: 'Hello' }],
      stop_reason: 'stop_sequence',
      stop_sequence: 'END',
      usage: {
        input_tokens: 3,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
        output_tokens: 4,
      },
    });
  });

  it('wraps seals of other vendors and leaves its own as they are', () => {
    expect(
      contentOf(
        { type: 'thinking', text: 'Hm', seal: { vendor: 'anthropic', value: 'a' } },
        { type: 'thinking', text: 'Hm', seal: { vendor: 'google', value: 'g' } },
        { type: 'thinking', text: '', redacted: true, seal: { vendor: 'openai', value: 'o' } },
        { type: 'thinking', text: 'Hm' },
      ).content,
    ).toEqual([
      { type: 'thinking', thinking: 'Hm', signature: 'a' },
      { type: 'thinking', thinking: 'Hm', signature: 'tg1.google..g' },
      { type: 'redacted_thinking', data: 'tg1.openai..o' },
      { type: 'thinking', thinking: 'Hm', signature: unsealed },
    ]);
  });

  it('says the model that was asked for, whatever answered', () => {
    const request = canonicalRequest({ model: 'claude-opus-4-1' });
    expect(encodeResponse(canonicalResponse({ model: 'gpt-5' }), request, testContext()).model).toBe('claude-opus-4-1');
  });

  it('leaves out blocks that say nothing', () => {
    expect(contentOf(text(''), { type: 'thinking', text: '' }, { type: 'thinking', text: '', redacted: true })).toEqual({
      content: [],
      lost: [],
    });
  });

  it('writes citations with what other vendors know of them', () => {
    const block = { type: 'text', text: 'x', citations: [{ url: 'u', title: 't' }, { quote: 'q' }] } as const;
    expect(contentOf(block).content[0]?.citations).toEqual([
      { type: 'web_search_result_location', cited_text: '', url: 'u', title: 't', encrypted_index: unsealed },
      { type: 'char_location', cited_text: 'q', document_index: 0, document_title: null, start_char_index: 0, end_char_index: 1 },
    ]);
  });

  it('writes calls with plain text as calls with JSON', () => {
    expect(contentOf({ type: 'tool-call', id: 'c', name: 'patch', arguments: 'a "b"', freeform: true }).content).toEqual([
      { type: 'tool_use', id: 'c', name: 'patch', input: { input: 'a "b"' } },
    ]);
  });

  it('says what has no place in an answer', () => {
    const { content, lost } = contentOf(
      { type: 'media', media: 'image', source: { url: 'u' } },
      { type: 'opaque', dialect: 'gemini', data: {} },
    );
    expect(content).toEqual([]);
    expect(lost).toEqual(['content', 'content']);
  });
});
