import { type CanonicalSink, emptyUsage, unsealed, wrapSeal } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { canonicalRequest } from '../testing/canonical-request.js';
import { testContext } from '../testing/test-context.js';
import { encodeResponse } from './encode-response.js';
import { StreamEncoder } from './stream-encoder.js';

interface SentFrame {
  candidates?: { content: { parts: object[] }; finishReason?: string; groundingMetadata?: object }[];
  [field: string]: unknown;
}

function frames(drive: (sink: CanonicalSink) => void, context = testContext()): SentFrame[] {
  const sent: SentFrame[] = [];
  const encoder = new StreamEncoder({ frame: (data) => sent.push(JSON.parse(data) as SentFrame) }, context);
  encoder.start('r1', 'some-model');
  drive(encoder);
  return sent;
}

function parts(sent: readonly SentFrame[]): readonly object[] {
  return sent.flatMap((frame) => frame.candidates?.[0]?.content.parts ?? []);
}

/** The mark of a call that no Gemini model made, in base64 as the field wants it. */
const unsealedHere = Buffer.from(unsealed).toString('base64');

describe('stream to a client', () => {
  it('sends texts as they come, and the end with usage', () => {
    const sent = frames((sink) => {
      sink.openBlock(0, { type: 'text' });
      sink.textDelta(0, 'Say "hi"\n');
      sink.closeBlock(0);
      sink.usage({ inputText: 3 });
      sink.usage({ outputText: 2 });
      sink.stop('length');
    });
    expect(sent).toEqual([
      {
        candidates: [{ content: { parts: [{ text: 'Say "hi"\n' }], role: 'model' }, index: 0 }],
        modelVersion: 'some-model',
        responseId: 'r1',
      },
      {
        candidates: [{ content: { parts: [{ text: '' }], role: 'model' }, finishReason: 'MAX_TOKENS', index: 0 }],
        usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2, totalTokenCount: 5 },
        modelVersion: 'some-model',
        responseId: 'r1',
      },
    ]);
  });

  it('keeps a call back until it is whole, while texts go on', () => {
    const sent = frames((sink) => {
      sink.openBlock(0, { type: 'tool-call', id: 'a', name: 'f' });
      sink.argumentsDelta(0, '{"x"');
      sink.openBlock(1, { type: 'text' });
      sink.textDelta(1, 'wait');
      sink.openBlock(2, { type: 'tool-call', id: 'b', name: 'g' });
      sink.argumentsDelta(0, ':1}');
      sink.closeBlock(2);
      sink.closeBlock(0);
      sink.closeBlock(1);
      sink.stop('tool');
    });
    expect(parts(sent)).toEqual([
      { text: 'wait' },
      { functionCall: { id: 'b', name: 'g', args: {} }, thoughtSignature: unsealedHere },
      { functionCall: { id: 'a', name: 'f', args: { x: 1 } }, thoughtSignature: unsealedHere },
      { text: '' },
    ]);
    expect(sent.at(-1)?.candidates?.[0]?.finishReason).toBe('STOP');
  });

  it('wraps arguments that are no object, and says so', () => {
    const context = testContext();
    const sent = frames((sink) => {
      sink.openBlock(0, { type: 'tool-call', id: 'a', name: 'f' });
      sink.argumentsDelta(0, '{"x":');
      sink.closeBlock(0);
      sink.openBlock(1, { type: 'tool-call', id: 'b', name: 'patch', freeform: true });
      sink.argumentsDelta(1, 'diff');
      sink.closeBlock(1);
    }, context);
    expect(parts(sent)).toMatchObject([{ functionCall: { args: { input: '{"x":' } } }, { functionCall: { args: { input: 'diff' } } }]);
    expect(context.losses).toMatchObject([{ how: 'coerced' }]);
  });

  it('marks thoughts and carries seals, those of other vendors as base64 that SDKs can decode', () => {
    const foreign = { vendor: 'anthropic', value: 'sig' };
    const sent = frames((sink) => {
      sink.openBlock(0, { type: 'thinking' });
      sink.textDelta(0, 'Hmm');
      sink.seal(0, foreign);
      sink.closeBlock(0);
      sink.openBlock(1, { type: 'tool-call', id: 'a', name: 'f' });
      sink.seal(1, { vendor: 'google', value: 'b3du' });
      sink.closeBlock(1);
    });
    const wrapped = Buffer.from(wrapSeal(foreign)).toString('base64');
    expect(parts(sent)).toEqual([
      { text: 'Hmm', thought: true },
      { text: '', thought: true, thoughtSignature: wrapped },
      { functionCall: { id: 'a', name: 'f', args: {} }, thoughtSignature: 'b3du' },
    ]);
  });

  it('sends media, its own opaque parts and sources', () => {
    const context = testContext();
    const sent = frames((sink) => {
      sink.wholeBlock(0, { type: 'media', media: 'image', mimeType: 'image/png', source: { base64: 'AA' } });
      sink.wholeBlock(1, { type: 'opaque', dialect: 'gemini', data: { executableCode: { code: '1' } } });
      sink.wholeBlock(2, { type: 'opaque', dialect: 'claude-messages', data: {} });
      sink.openBlock(3, { type: 'text' });
      sink.citation(3, { url: 'https://a.example', title: 'A', quote: 'q' });
      sink.citation(3, { title: 'a book' });
      sink.closeBlock(3);
      sink.stop('end');
    }, context);
    expect(parts(sent)).toEqual([{ inlineData: { mimeType: 'image/png', data: 'AA' } }, { executableCode: { code: '1' } }, { text: '' }]);
    expect(sent.at(-1)?.candidates?.[0]?.groundingMetadata).toEqual({
      groundingChunks: [{ web: { uri: 'https://a.example', title: 'A' } }],
      groundingSupports: [{ segment: { text: 'q' }, groundingChunkIndices: [0] }],
    });
    expect(context.losses).toMatchObject([{ field: 'claude-messages block' }]);
  });

  it('puts one part into a frame, since the SDK joins several wrongly', () => {
    const sent = frames((sink) => {
      sink.openBlock(0, { type: 'text' });
      sink.openBlock(1, { type: 'tool-call', id: 'a', name: 'f' });
      sink.textDelta(0, 'a');
      sink.closeBlock(1);
      sink.closeBlock(0);
      sink.stop('tool');
    });
    for (const frame of sent) expect(frame.candidates?.[0]?.content.parts).toHaveLength(1);
  });

  it('ends an answer of nothing with one frame', () => {
    expect(frames((sink) => sink.stop('filter'))).toMatchObject([{ candidates: [{ finishReason: 'SAFETY' }] }]);
  });

  it('ends with an error whenever it fails', () => {
    const sent = frames((sink) => {
      sink.openBlock(0, { type: 'tool-call', id: 'a', name: 'f' });
      sink.argumentsDelta(0, '{"x');
      sink.fail({ kind: 'network', status: 502, code: 'upstream_cut', message: 'Broke off.', scope: 'channel', retry: 'other' });
    });
    expect(sent).toMatchObject([{ error: { code: 502, message: 'Broke off.', status: 'UNAVAILABLE' } }]);
  });
});

describe('unary answer to a client', () => {
  it('has all parts, the end and usage in one object', () => {
    const body = encodeResponse(
      {
        id: 'r1',
        model: 'm',
        blocks: [
          { type: 'thinking', text: 'Hmm', seal: { vendor: 'google', value: 'b3du' } },
          { type: 'thinking', text: '', redacted: true },
          { type: 'text', text: 'Hi', citations: [{ url: 'https://a.example' }] },
          { type: 'tool-call', id: 'a', name: 'f', arguments: '{"x":1}' },
        ],
        stop: 'tool',
        usage: { ...emptyUsage(), inputText: 1, outputText: 2, outputReasoning: 3 },
      },
      canonicalRequest(),
      testContext(),
    );
    expect(body).toEqual({
      candidates: [
        {
          content: {
            parts: [
              { text: 'Hmm', thought: true, thoughtSignature: 'b3du' },
              { text: 'Hi' },
              { functionCall: { id: 'a', name: 'f', args: { x: 1 } }, thoughtSignature: unsealedHere },
            ],
            role: 'model',
          },
          finishReason: 'STOP',
          index: 0,
          groundingMetadata: { groundingChunks: [{ web: { uri: 'https://a.example' } }] },
        },
      ],
      usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 2, thoughtsTokenCount: 3, totalTokenCount: 6 },
      modelVersion: 'm',
      responseId: 'r1',
    });
  });
});
