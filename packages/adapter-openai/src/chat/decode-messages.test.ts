import { type JsonObject, wrapSeal } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { testContext, type TestContext } from '../testing/test-context.js';
import { decodeMessages } from './decode-messages.js';

function turnsOf(messages: readonly JsonObject[], context: TestContext = testContext()) {
  return decodeMessages(messages, context);
}

/** The block that a part of a user's message becomes. */
function blockOf(part: JsonObject) {
  return turnsOf([{ role: 'user', content: [part] }])[0]?.blocks[0];
}

/** The blocks of one message of the assistant. */
function assistantBlocks(message: JsonObject) {
  return turnsOf([{ role: 'assistant', ...message }])[0]?.blocks;
}

describe('messages', () => {
  it('are turns, in their order', () => {
    expect(
      turnsOf([
        { role: 'developer', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Hello' },
        { role: 'system', content: [{ type: 'text', text: 'Be kind.' }] },
        { role: 'user', content: '' },
      ]),
    ).toEqual([
      { role: 'system', blocks: [{ type: 'text', text: 'Be brief.' }] },
      { role: 'user', blocks: [{ type: 'text', text: 'Hi' }] },
      { role: 'assistant', blocks: [{ type: 'text', text: 'Hello' }] },
      { role: 'system', blocks: [{ type: 'text', text: 'Be kind.' }] },
      { role: 'user', blocks: [] },
    ]);
  });

  it('with results of parallel calls are one turn, a later run is another', () => {
    const result = (callId: string) => ({ type: 'tool-result', callId, content: [{ type: 'text', text: callId }] });
    const message = (id: string) => ({ role: 'tool', tool_call_id: id, content: id });
    expect(turnsOf([message('a'), message('b'), { role: 'assistant', content: 'Hm' }, message('c')])).toEqual([
      { role: 'user', blocks: [result('a'), result('b')] },
      { role: 'assistant', blocks: [{ type: 'text', text: 'Hm' }] },
      { role: 'user', blocks: [result('c')] },
    ]);
  });

  it('in the vendor’s first form of tool use answer the last call', () => {
    const messages = [
      { role: 'assistant', content: null, function_call: { name: 'weather', arguments: '{"x":1}' } },
      { role: 'function', name: 'weather', content: 'Sunny' },
      { role: 'assistant', content: null, function_call: { name: 'time', arguments: '' } },
      { role: 'function', name: 'time', content: null },
    ];
    expect(turnsOf(messages).map(({ blocks }) => blocks)).toEqual([
      [{ type: 'tool-call', id: 'call_1', name: 'weather', arguments: '{"x":1}' }],
      [{ type: 'tool-result', callId: 'call_1', name: 'weather', content: [{ type: 'text', text: 'Sunny' }] }],
      [{ type: 'tool-call', id: 'call_2', name: 'time', arguments: '{}' }],
      [{ type: 'tool-result', callId: 'call_2', name: 'time', content: [] }],
    ]);
  });

  it('with results keep pictures, and say what else they drop', () => {
    const context = testContext();
    const content = [
      { type: 'text', text: 'Look' },
      { type: 'image_url', image_url: { url: 'https://example.org/a.png' } },
      { type: 'news', data: 1 },
    ];
    expect(turnsOf([{ role: 'tool', tool_call_id: 'c', content }], context)[0]?.blocks).toEqual([
      {
        type: 'tool-result',
        callId: 'c',
        content: [
          { type: 'text', text: 'Look' },
          { type: 'media', media: 'image', source: { url: 'https://example.org/a.png' } },
        ],
      },
    ]);
    expect(context.lostFields()).toEqual(['messages.0.content']);
  });
});

describe('parts of a message', () => {
  const pdf = { type: 'media', media: 'file', mimeType: 'application/pdf', source: { base64: 'JVBERi0=' } };

  it.each<[JsonObject, object]>([
    [
      { type: 'text', text: 'x', cache_control: { type: 'ephemeral' } },
      { type: 'text', text: 'x', cache: {} },
    ],
    [
      { type: 'text', text: 'x', cache_control: { type: 'ephemeral', ttl: '1h' } },
      { type: 'text', text: 'x', cache: { lifetime: '1h' } },
    ],
    [
      { type: 'text', text: 'x', prompt_cache_breakpoint: { mode: 'explicit' } },
      { type: 'text', text: 'x', cache: {} },
    ],
    [
      { type: 'refusal', refusal: 'No.' },
      { type: 'text', text: 'No.' },
    ],
    [
      { type: 'image_url', image_url: { url: 'https://example.org/a.png', detail: 'high' } },
      { type: 'media', media: 'image', source: { url: 'https://example.org/a.png' }, detail: 'high' },
    ],
    [
      { type: 'image_url', image_url: 'https://example.org/a.png' },
      { type: 'media', media: 'image', source: { url: 'https://example.org/a.png' } },
    ],
    [
      { type: 'image_url', image_url: { url: 'data:image/webp;base64,UklGRg==' } },
      { type: 'media', media: 'image', mimeType: 'image/webp', source: { base64: 'UklGRg==' } },
    ],
    [
      { type: 'image_url', image_url: { url: 'data:image/png;charset=utf-8;base64,iVBORw==' } },
      { type: 'media', media: 'image', mimeType: 'image/png', source: { base64: 'iVBORw==' } },
    ],
    [
      { type: 'video_url', video_url: { url: 'https://example.org/a.mp4' } },
      { type: 'media', media: 'video', source: { url: 'https://example.org/a.mp4' } },
    ],
    [
      { type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } },
      { type: 'media', media: 'audio', mimeType: 'audio/wav', source: { base64: 'UklGRg==' } },
    ],
    [
      { type: 'input_audio', input_audio: { data: 'SUQz', format: 'mp3' } },
      { type: 'media', media: 'audio', mimeType: 'audio/mpeg', source: { base64: 'SUQz' } },
    ],
    [
      { type: 'input_audio', input_audio: { data: 'SUQz', format: 'constructor' } },
      { type: 'media', media: 'audio', mimeType: 'audio/constructor', source: { base64: 'SUQz' } },
    ],
    [
      { type: 'file', file: { file_data: 'data:application/pdf;base64,JVBERi0=', filename: 'a.pdf' } },
      { ...pdf, filename: 'a.pdf' },
    ],
    [
      { type: 'file', file: { file_data: 'JVBERi0=' } },
      { type: 'media', media: 'file', source: { base64: 'JVBERi0=' } },
    ],
    [
      { type: 'file', file: { file_id: 'file-1' } },
      { type: 'media', media: 'file', source: { fileId: 'file-1', vendor: 'openai' } },
    ],
    [
      { type: 'news', data: 1 },
      { type: 'opaque', dialect: 'openai-chat', data: { type: 'news', data: 1 } },
    ],
  ])('%j', (part, block) => {
    expect(blockOf(part)).toEqual(block);
  });
});

describe('a message of the assistant', () => {
  it('holds thinking, words and calls', () => {
    expect(
      assistantBlocks({
        reasoning_content: 'Hm',
        content: [{ type: 'text', text: 'Let me see.' }],
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'weather', arguments: '{"x":1}' } },
          { id: 'b', type: 'function', function: { name: 'time', arguments: '' } },
          { id: 'c', type: 'custom', custom: { name: 'patch', input: '' } },
        ],
      }),
    ).toEqual([
      { type: 'thinking', text: 'Hm' },
      { type: 'text', text: 'Let me see.' },
      { type: 'tool-call', id: 'a', name: 'weather', arguments: '{"x":1}' },
      { type: 'tool-call', id: 'b', name: 'time', arguments: '{}' },
      { type: 'tool-call', id: 'c', name: 'patch', arguments: '', freeform: true },
    ]);
  });

  it('may have nothing but nulls', () => {
    expect(assistantBlocks({ content: null, refusal: null, tool_calls: null, function_call: null, reasoning_content: null })).toEqual([]);
  });

  it('says a refusal in words', () => {
    expect(assistantBlocks({ content: null, refusal: 'No.' })).toEqual([{ type: 'text', text: 'No.' }]);
  });

  it('brings the seals back that the gateway gave out', () => {
    const anthropic = { vendor: 'anthropic', value: 's' };
    const hidden = { vendor: 'anthropic', value: 'r' };
    expect(
      assistantBlocks({
        reasoning: 'Hm',
        reasoning_details: [
          { type: 'reasoning.text', signature: wrapSeal(anthropic), index: 0 },
          { type: 'reasoning.encrypted', data: wrapSeal(hidden), index: 1 },
          { type: 'reasoning.text', text: 'foreign', signature: 'not ours' },
          'no detail',
        ],
        tool_calls: [
          {
            id: 'a',
            function: { name: 'x', arguments: '{}' },
            extra_content: { google: { thought_signature: wrapSeal({ vendor: 'google', value: 'g' }) } },
          },
          { id: 'b', function: { name: 'x', arguments: '{}' }, extra_content: { google: { thought_signature: 'from the vendor' } } },
          { id: 'c', function: { name: 'x', arguments: '{}' }, extra_content: { google: {} } },
        ],
      }),
    ).toEqual([
      { type: 'thinking', text: 'Hm', seal: anthropic },
      { type: 'thinking', text: '', redacted: true, seal: hidden },
      { type: 'thinking', text: 'foreign' },
      { type: 'tool-call', id: 'a', name: 'x', arguments: '{}', seal: { vendor: 'google', value: 'g' } },
      { type: 'tool-call', id: 'b', name: 'x', arguments: '{}', seal: { vendor: 'google', value: 'from the vendor' } },
      { type: 'tool-call', id: 'c', name: 'x', arguments: '{}' },
    ]);
  });
});
