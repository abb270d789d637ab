import type { Block, CanonicalResponse, JsonObject } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { canonicalRequest, text, turn } from '../testing/canonical.js';
import { chunk, decodeChat, type GivenFrame } from '../testing/chat-streams.js';
import { testContext } from '../testing/test-context.js';
import { decodeResponse } from './decode-response.js';
import { encodeRequest } from './encode-request.js';

const claude = 'anthropic-claude-v1';
const gemini = 'google-gemini-v1';
const openai = 'openai-responses-v1';

const call = (id: string, fields: JsonObject = {}): JsonObject => ({
  id,
  type: 'function',
  function: { name: 'weather', arguments: '{}' },
  ...fields,
});
const callBlock = (id: string): Block => ({ type: 'tool-call', id, name: 'weather', arguments: '{}' });
const signed = (value: string): JsonObject => ({ extra_content: { google: { thought_signature: value } } });

/** What an upstream says, whole. */
function whole(message: JsonObject, context = testContext()): CanonicalResponse {
  return decodeResponse({ id: 'gen-1', model: 'm', choices: [{ index: 0, message, finish_reason: 'stop' }] }, context);
}

/** The same in a stream of one delta each. */
function streamed(...deltas: JsonObject[]): CanonicalResponse {
  return decodeChat([...deltas.map((delta): GivenFrame => chunk(delta)), chunk({}, 'stop'), '[DONE]']).response();
}

/** The message of the assistant that goes to `model`. */
function sentTo(model: string, blocks: readonly Block[]): { message: JsonObject; lost: readonly string[] } {
  const context = testContext();
  const { messages } = encodeRequest(canonicalRequest({ model, turns: [turn('assistant', ...blocks)] }), context);
  return { message: (messages as JsonObject[])[0] ?? {}, lost: context.lostFields() };
}

describe('seals in an answer', () => {
  it.each<[string, JsonObject, readonly Block[]]>([
    [
      'of a signed thought',
      { reasoning: 'Hm', reasoning_details: [{ type: 'reasoning.text', text: 'Hm', signature: 'c', format: claude, index: 0 }] },
      [{ type: 'thinking', text: 'Hm', seal: { vendor: 'anthropic', value: 'c' } }],
    ],
    [
      'of a redacted thought',
      { reasoning: null, reasoning_details: [{ type: 'reasoning.encrypted', data: 'r', format: claude, index: 0 }] },
      [{ type: 'thinking', text: '', redacted: true, seal: { vendor: 'anthropic', value: 'r' } }],
    ],
    [
      'of a summary with encrypted reasoning',
      {
        reasoning: 'Hm',
        reasoning_details: [
          { type: 'reasoning.summary', summary: 'Hm', format: openai, index: 0 },
          { type: 'reasoning.encrypted', data: 'o', id: 'rs_1', format: openai, index: 1 },
        ],
      },
      [
        {
          type: 'thinking',
          text: 'Hm',
          seal: { vendor: openai, value: JSON.stringify({ type: 'reasoning.encrypted', data: 'o', id: 'rs_1', format: openai, index: 1 }) },
        },
      ],
    ],
    [
      'of a call, told by its id',
      {
        reasoning: 'Hm',
        reasoning_details: [
          { type: 'reasoning.text', text: 'Hm', format: gemini, index: 0 },
          { type: 'reasoning.encrypted', data: 'g', id: 'b', format: gemini, index: 1 },
        ],
        tool_calls: [call('a'), call('b')],
      },
      [{ type: 'thinking', text: 'Hm' }, callBlock('a'), { ...callBlock('b'), seal: { vendor: 'google', value: 'g' } }],
    ],
    [
      'of a call, on the call',
      { tool_calls: [call('a', signed('g')), call('b')] },
      [{ ...callBlock('a'), seal: { vendor: 'google', value: 'g' } }, callBlock('b')],
    ],
    [
      'of several thoughts',
      {
        reasoning: 'AXB',
        reasoning_details: [
          { type: 'reasoning.text', text: 'A', signature: 'a', format: claude, index: 0 },
          { type: 'reasoning.text', text: 'X', format: claude, index: 1 },
          { type: 'reasoning.text', text: 'B', signature: 'b', format: claude, index: 2 },
        ],
      },
      [
        { type: 'thinking', text: 'A', seal: { vendor: 'anthropic', value: 'a' } },
        { type: 'thinking', text: 'X' },
        { type: 'thinking', text: 'B', seal: { vendor: 'anthropic', value: 'b' } },
      ],
    ],
    [
      'that another gateway had wrapped',
      { reasoning_details: [{ type: 'reasoning.text', text: 'Hm', signature: 'tg1.anthropic..c', index: 0 }] },
      [{ type: 'thinking', text: 'Hm', seal: { vendor: 'anthropic', value: 'c' } }],
    ],
  ])('are read, whole and streamed: %s', (_name, message, blocks) => {
    expect(whole({ content: null, ...message }).blocks).toEqual(blocks);
    const { tool_calls: calls, ...said } = message;
    const callDeltas = ((calls ?? []) as JsonObject[]).map((one, index) => ({ tool_calls: [{ index, ...one }] }));
    expect(streamed(said, ...callDeltas).blocks).toEqual(blocks);
    const details = (said['reasoning_details'] ?? []) as JsonObject[];
    const apart = details.map((detail) => ({ content: '', reasoning: detail['text'] ?? null, reasoning_details: [detail] }));
    expect(streamed(...apart, ...callDeltas).blocks).toEqual(blocks);
  });

  it('may come after their calls, and are thoughts of their own where the call never comes', () => {
    const seal = { type: 'reasoning.encrypted', data: 'g', id: 'a', format: gemini, index: 0 };
    const sealed = { ...callBlock('a'), seal: { vendor: 'google', value: 'g' } };
    const hidden = { type: 'thinking', text: '', redacted: true, seal: { vendor: 'google', value: 'g' } };
    expect(streamed({ tool_calls: [{ index: 0, ...call('a') }] }, { reasoning_details: [seal] }).blocks).toEqual([sealed]);
    expect(streamed({ reasoning_details: [seal] }, { content: 'Hi' }).blocks).toEqual([text('Hi'), hidden]);
    expect(whole({ content: 'Hi', reasoning_details: [seal] }).blocks).toEqual([hidden, text('Hi')]);
  });

  it('of which nobody is named who could read them are lost, and the words stay', () => {
    const context = testContext();
    const details = [
      { type: 'reasoning.text', text: 'Hm', signature: 's' },
      { type: 'reasoning.encrypted', data: 'x', format: 'unknown' },
    ];
    expect(whole({ content: null, reasoning_details: details }, context).blocks).toEqual([{ type: 'thinking', text: 'Hm' }]);
    expect(context.lostFields()).toContain('seal');
    expect(streamed({ reasoning_details: details }).blocks).toEqual([{ type: 'thinking', text: 'Hm' }]);
  });

  it('reach a stream’s call with the first fragment or a later one, also where no call has an id', () => {
    const first = { tool_calls: [{ index: 0, function: { name: 'x', arguments: '' } }] };
    const second = { tool_calls: [{ index: 1, function: { name: 'y', arguments: '{}' }, ...signed('g') }] };
    expect(streamed(first, second, { tool_calls: [{ index: 0, function: { arguments: '{}' }, ...signed('f') }] }).blocks).toMatchObject([
      { name: 'x', seal: { vendor: 'google', value: 'f' } },
      { name: 'y', seal: { vendor: 'google', value: 'g' } },
    ]);
  });
});

describe('seals on the way to an upstream', () => {
  const claudeThought: Block = { type: 'thinking', text: 'Hm', seal: { vendor: 'anthropic', value: 'c' } };
  const redacted: Block = { type: 'thinking', text: '', redacted: true, seal: { vendor: 'anthropic', value: 'r' } };
  const geminiCall: Block = { ...callBlock('a'), seal: { vendor: 'google', value: 'g' } };
  const resold = { type: 'reasoning.encrypted', data: 'o', id: 'rs_1', format: openai, index: 1 };
  const openaiThought: Block = { type: 'thinking', text: 'Hm', seal: { vendor: openai, value: JSON.stringify(resold) } };
  const ownThought: Block = { type: 'thinking', text: 'Hm', seal: { vendor: 'openai', value: 'gAAAA' } };

  it('go to where models of their vendor are served, in the place where they came from', () => {
    expect(sentTo('anthropic/claude-sonnet-4.5', [claudeThought, redacted, text('a')])).toEqual({
      message: {
        role: 'assistant',
        content: 'a',
        reasoning_details: [
          { type: 'reasoning.text', text: 'Hm', signature: 'c', format: claude, index: 0 },
          { type: 'reasoning.encrypted', data: 'r', format: claude, index: 1 },
        ],
      },
      lost: [],
    });
    expect(sentTo('google/gemini-3-pro', [{ type: 'thinking', text: 'Hm' }, geminiCall])).toEqual({
      message: {
        role: 'assistant',
        content: null,
        reasoning_content: 'Hm',
        reasoning_details: [{ type: 'reasoning.encrypted', data: 'g', id: 'a', format: gemini, index: 0 }],
        tool_calls: [call('a')],
      },
      lost: [],
    });
    expect(sentTo('gemini-3-pro', [geminiCall]).message['tool_calls']).toEqual([call('a', signed('g'))]);
    expect(sentTo('openai/gpt-5.2', [openaiThought, text('a')])).toEqual({
      message: {
        role: 'assistant',
        content: 'a',
        reasoning_details: [{ type: 'reasoning.summary', summary: 'Hm', format: openai, index: 1 }, resold],
      },
      lost: [],
    });
  });

  it.each<[string, readonly Block[], readonly string[]]>([
    ['deepseek-chat', [claudeThought, openaiThought, geminiCall], ['seal']],
    ['anthropic/claude-opus-4', [openaiThought, ownThought, geminiCall], ['seal']],
    ['google/gemini-3-pro', [claudeThought, openaiThought, redacted], ['seal']],
    ['x-ai/grok-4', [openaiThought, claudeThought], ['seal']],
    ['openai/gpt-5.2', [ownThought, claudeThought], ['thinking block']],
    ['gpt-5.2', [ownThought, claudeThought, openaiThought, geminiCall], ['thinking block', 'seal']],
    ['gemini-2.5-pro', [claudeThought], ['seal']],
  ])('never reach %s if they are not for it', (model, blocks, lost) => {
    const sent = sentTo(model, [...blocks, text('a')]);
    expect(sent.lost).toEqual(lost);
    expect(sent.message['reasoning_details']).toBeUndefined();
    expect(JSON.stringify(sent.message)).not.toMatch(/signature|encrypted|tg1|gAAAA/);
  });

  it('leave the words of mixed thinking where they are', () => {
    const mixed: Block[] = [{ type: 'thinking', text: 'X' }, claudeThought, ownThought, text('a')];
    expect(sentTo('claude-opus-4', mixed).message).toMatchObject({
      reasoning_content: 'XHm',
      reasoning_details: [{ text: 'Hm', signature: 'c' }],
    });
    expect(sentTo('deepseek-chat', mixed).message).toMatchObject({ reasoning_content: 'XHmHm' });
  });

  it('have a stand-in at Google’s own service where the first call of another model has none', () => {
    const { message } = sentTo('gemini-3-pro-preview', [callBlock('a'), callBlock('b')]);
    expect(message['tool_calls']).toEqual([call('a', signed('skip_thought_signature_validator')), call('b')]);
    expect(sentTo('gemini-2.5-flash', [callBlock('a')]).message['tool_calls']).toEqual([call('a')]);
    expect(sentTo('google/gemini-3-pro', [callBlock('a')]).message['tool_calls']).toEqual([call('a')]);
  });

  it('are not written if a client has made them up', () => {
    const forged: Block = { type: 'thinking', text: '', seal: { vendor: openai, value: '{"type":' } };
    expect(sentTo('openai/gpt-5.2', [forged, text('a')]).message['reasoning_details']).toBeUndefined();
  });
});
