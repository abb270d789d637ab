import { UpstreamError } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { testContext } from '../testing/test-context.js';
import { decodeResponse } from './decode-response.js';

describe('decodeResponse', () => {
  it('reads every kind of block', () => {
    const content = [
      { type: 'thinking', thinking: 'Hm', signature: 's' },
      { type: 'redacted_thinking', data: 'r' },
      { type: 'text', text: 'Hello', citations: [{ type: 'web_search_result_location', url: 'u', title: 't', cited_text: 'q' }] },
      { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Berne' } },
      { type: 'server_tool_use', id: 's1', name: 'web_search', input: {} },
    ];
    const body = { id: 'msg_1', model: 'claude-x', content, stop_reason: 'tool_use', usage: { input_tokens: 3, output_tokens: 4 } };
    expect(decodeResponse(body, testContext())).toMatchObject({
      id: 'msg_1',
      model: 'claude-x',
      stop: 'tool',
      blocks: [
        { type: 'thinking', text: 'Hm', seal: { vendor: 'anthropic', value: 's' } },
        { type: 'thinking', text: '', redacted: true, seal: { vendor: 'anthropic', value: 'r' } },
        { type: 'text', text: 'Hello', citations: [{ url: 'u', title: 't', quote: 'q' }] },
        { type: 'tool-call', id: 'toolu_1', name: 'weather', arguments: '{"city":"Berne"}' },
        { type: 'opaque', dialect: 'claude-messages', data: content[4] },
      ],
      usage: { inputText: 3, outputText: 4 },
    });
  });

  it('says which stop sequence was met', () => {
    expect(decodeResponse({ stop_reason: 'stop_sequence', stop_sequence: 'END' }, testContext())).toMatchObject({
      stop: 'stop-sequence',
      stopSequence: 'END',
    });
  });

  it('fills what an upstream forgets', () => {
    expect(decodeResponse({ content: [{ type: 'tool_use' }, null, 'x', { type: 'text' }] }, testContext())).toMatchObject({
      id: 'msg_1',
      model: 'claude-sonnet-4-5',
      stop: 'end',
      blocks: [
        { type: 'tool-call', id: 'toolu_2', name: '', arguments: '{}' },
        { type: 'text', text: '' },
      ],
    });
  });

  it.each([[{ type: 'error', error: { type: 'overloaded_error', message: 'Busy.' } }], ['text'], [null], [[]]])('refuses %j', (body) => {
    expect(() => decodeResponse(body, testContext())).toThrow(expect.toSatisfy(UpstreamError.isInstance));
  });
});
