import { checkedSink, type SinkCall } from '@tollgate/plugin-kit/conformance';
import { describe, expect, it } from 'vitest';
import { testContext } from '../testing/test-context.js';
import { decodeResponse } from './decode-response.js';
import { StreamDecoder } from './stream-decoder.js';

/** One frame with the given parts. */
function frame(parts: readonly object[], candidate: object = {}, response: object = {}): object {
  return {
    candidates: [{ content: { role: 'model', parts }, index: 0, ...candidate }],
    modelVersion: 'gemini-x',
    responseId: 'r1',
    ...response,
  };
}

const finish = { finishReason: 'STOP' };

function decode(frames: readonly object[], end: 'done' | 'cut' = 'done'): readonly SinkCall[] {
  const sink = checkedSink();
  const decoder = new StreamDecoder(sink, testContext());
  for (const one of frames) decoder.frame(JSON.stringify(one));
  decoder.end(end);
  return sink.calls;
}

describe('stream from the service', () => {
  it('joins texts of all frames into one block', () => {
    const usageMetadata = { promptTokenCount: 3, candidatesTokenCount: 2 };
    expect(
      decode([frame([{ text: 'Hel' }]), frame([{ text: 'lo' }, { text: '!' }]), frame([{ text: '' }], finish, { usageMetadata })]),
    ).toEqual([
      ['start', 'r1', 'gemini-x'],
      ['openBlock', 0, { type: 'text' }],
      ['textDelta', 0, 'Hel'],
      ['textDelta', 0, 'lo'],
      ['textDelta', 0, '!'],
      ['usage', expect.objectContaining({ inputText: 3, outputText: 2 })],
      ['closeBlock', 0],
      ['stop', 'end'],
    ]);
  });

  it('keeps thoughts, texts and calls apart and puts seals where they belong', () => {
    const parts = [
      { text: 'Hmm', thought: true },
      { text: 'So', thoughtSignature: 'b25l' },
      { text: ' then' },
      { functionCall: { name: 'f', args: { a: 1 } }, thoughtSignature: 'dHdv' },
      { functionCall: { id: 'given', name: 'g' } },
    ];
    expect(decode([frame(parts, finish)])).toEqual([
      ['start', 'r1', 'gemini-x'],
      ['openBlock', 0, { type: 'thinking' }],
      ['textDelta', 0, 'Hmm'],
      ['closeBlock', 0],
      ['openBlock', 1, { type: 'text' }],
      ['textDelta', 1, 'So'],
      ['seal', 1, { vendor: 'google', value: 'b25l' }],
      ['closeBlock', 1],
      ['openBlock', 2, { type: 'text' }],
      ['textDelta', 2, ' then'],
      ['closeBlock', 2],
      ['openBlock', 3, { type: 'tool-call', id: 'call_1', name: 'f' }],
      ['seal', 3, { vendor: 'google', value: 'dHdv' }],
      ['argumentsDelta', 3, '{"a":1}'],
      ['closeBlock', 3],
      ['openBlock', 4, { type: 'tool-call', id: 'given', name: 'g' }],
      ['argumentsDelta', 4, '{}'],
      ['closeBlock', 4],
      ['stop', 'tool'],
    ]);
  });

  it('puts a seal that comes late on the text before it', () => {
    const calls = decode([frame([{ text: 'a' }]), frame([{ text: '', thoughtSignature: 'bGF0ZQ==' }], finish)]);
    expect(calls).toContainEqual(['seal', 0, { vendor: 'google', value: 'bGF0ZQ==' }]);
    expect(calls.filter(([name]) => name === 'openBlock')).toHaveLength(1);
  });

  it('assembles arguments that are streamed in pieces', () => {
    const calls = decode([
      frame([{ functionCall: { name: 'f', willContinue: true } }]),
      frame([{ functionCall: { partialArgs: [{ jsonPath: '$.place', stringValue: 'Bos', willContinue: true }], willContinue: true } }]),
      frame([{ functionCall: { partialArgs: [{ jsonPath: '$.place', stringValue: 'ton' }], willContinue: true } }]),
      frame([{ functionCall: {} }]),
      frame([{ functionCall: { name: 'g', willContinue: true } }]),
      frame([{ text: 'cut short' }], finish),
    ]);
    expect(calls.filter(([name]) => name === 'argumentsDelta')).toEqual([
      ['argumentsDelta', 0, '{"place":"Boston"}'],
      ['argumentsDelta', 1, '{}'],
    ]);
  });

  it('passes on media and what it does not know as whole blocks', () => {
    const parts = [
      { inlineData: { mimeType: 'image/png', data: 'AA' } },
      { fileData: { fileUri: 'https://example.com/a.mp4', mimeType: 'video/mp4' } },
      { executableCode: { code: '1' } },
      { thought: true, inlineData: { mimeType: 'image/png', data: 'BB' } },
    ];
    expect(decode([frame(parts, finish)]).filter(([name]) => name === 'wholeBlock')).toEqual([
      ['wholeBlock', 0, { type: 'media', media: 'image', mimeType: 'image/png', source: { base64: 'AA' } }],
      ['wholeBlock', 1, { type: 'media', media: 'video', mimeType: 'video/mp4', source: { url: 'https://example.com/a.mp4' } }],
      ['wholeBlock', 2, { type: 'opaque', dialect: 'gemini', data: parts[2], toldLater: true }],
      ['wholeBlock', 3, { type: 'opaque', dialect: 'gemini', data: parts[3] }],
    ]);
  });

  it('names each source once', () => {
    const groundingMetadata = { groundingChunks: [{ web: { uri: 'https://a.example', title: 'A' } }, { web: {} }] };
    const citationMetadata = { citationSources: [{ uri: 'https://b.example' }] };
    const calls = decode([frame([{ text: 'a' }], { groundingMetadata }), frame([], { groundingMetadata, citationMetadata, ...finish })]);
    expect(calls.filter(([name]) => name === 'citation')).toEqual([
      ['citation', 0, { url: 'https://a.example', title: 'A' }],
      ['citation', 0, { url: 'https://b.example' }],
    ]);
  });

  it('ends a blocked prompt by policy, without a block', () => {
    const calls = decode([{ promptFeedback: { blockReason: 'SAFETY' } }]);
    expect(calls.map(([name]) => name)).toEqual(['start', 'stop']);
    expect(calls[1]).toEqual(['stop', 'filter']);
  });

  it('accepts an answer without parts that ran into its limit', () => {
    expect(decode([{ candidates: [{ content: { role: 'model' }, finishReason: 'MAX_TOKENS' }] }]).at(-1)).toEqual(['stop', 'length']);
  });

  it('reads the last finish reason where every frame has one', () => {
    const calls = decode([frame([{ text: 'a' }], finish), frame([{ text: 'b' }], { finishReason: 'MAX_TOKENS' })]);
    expect(calls.at(-1)).toEqual(['stop', 'length']);
    expect(calls.filter(([name]) => name === 'stop')).toHaveLength(1);
  });

  it('fails on an error between good frames, and reads nothing after it', () => {
    const calls = decode([
      frame([{ text: 'a' }], finish),
      { error: { code: 499, message: 'Cancelled.', status: 'CANCELLED' } },
      frame([{ text: 'b' }]),
    ]);
    expect(calls.at(-1)).toEqual(['fail', expect.objectContaining({ kind: 'server', status: 502, code: 'cancelled', retry: 'other' })]);
  });

  it('fails before it starts where the first frame is an error', () => {
    expect(decode([{ error: { code: 503, message: 'Busy.', status: 'UNAVAILABLE' } }])).toEqual([
      ['fail', expect.objectContaining({ kind: 'overloaded', status: 503 })],
    ]);
  });

  it('fails where the connection broke before the end', () => {
    const verdict = { kind: 'network', code: 'upstream_cut', status: 502, retry: 'other' };
    expect(decode([frame([{ text: 'a' }])], 'cut').at(-1)).toEqual(['fail', expect.objectContaining(verdict)]);
    expect(decode([], 'cut')).toEqual([['fail', expect.objectContaining(verdict)]]);
    expect(decode([frame([{ text: 'a' }], finish)], 'cut').at(-1)).toEqual(['stop', 'end']);
  });

  it('ends an answer without a finish reason if there is one, and fails if there is none', () => {
    expect(decode([frame([{ text: 'a' }])]).at(-1)).toEqual(['stop', 'end']);
    expect(decode([frame([])]).at(-1)).toEqual(['fail', expect.objectContaining({ kind: 'server', status: 502 })]);
  });

  it('skips whatever it cannot read', () => {
    const odd = [
      { candidates: null },
      { candidates: [null, 7, { index: 1, content: { parts: [{ text: 'other candidate' }] } }] },
      { candidates: [{ content: null }] },
      { candidates: [{ content: { parts: 'x' } }], usageMetadata: 'x' },
      frame([null, 7, {}, { text: null }, { functionCall: null }, { functionCall: {} }, { inlineData: {} }] as object[]),
    ] as object[];
    const calls = decode([...odd, frame([{ text: 'a' }], finish)]);
    expect(calls.filter(([name]) => name === 'textDelta')).toEqual([['textDelta', expect.any(Number), 'a']]);
  });

  it('hands each frame to the editor before it reads it', () => {
    const sink = checkedSink();
    const decoder = new StreamDecoder(sink, testContext(), (edited) => Object.assign(edited, frame([{ text: 'edited' }], finish)));
    decoder.frame(JSON.stringify({ strange: 'shape' }));
    decoder.end('done');
    expect(sink.response().blocks).toEqual([{ type: 'text', text: 'edited' }]);
  });
});

describe('unary answer from the service', () => {
  it('is read as a stream of one frame', () => {
    const body = frame([{ text: 'a', thought: true }, { text: 'b' }, { functionCall: { name: 'f', args: {} } }], finish, {
      usageMetadata: { promptTokenCount: 4, candidatesTokenCount: 5, thoughtsTokenCount: 6 },
    });
    const sink = checkedSink();
    const decoder = new StreamDecoder(sink, testContext());
    decoder.frame(JSON.stringify(body));
    decoder.end('done');
    expect(decodeResponse(body, testContext())).toEqual(sink.response());
  });

  it('throws an error in the clothes of a success', () => {
    expect(() => decodeResponse({ error: { code: 400, message: 'No.', status: 'INVALID_ARGUMENT' } }, testContext())).toThrow('No.');
    expect(() => decodeResponse({}, testContext())).toThrow('without saying anything');
  });
});
