import { type CanonicalSink, type JsonObject, type StopReason, verdictForKind } from '@tollgate/plugin-kit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalRequest } from '../testing/canonical.js';
import { chunksOf, encodeChat } from '../testing/chat-streams.js';
import { checkChunkOrder } from '../testing/chunk-order.js';
import { playChoices } from '../testing/play-choices.js';
import { testContext } from '../testing/test-context.js';

const plain = canonicalRequest({ stream: true });
const counting = canonicalRequest({ stream: true, usageInStream: true });

/** The deltas between the first chunk and the last. */
function deltasOf(play: (sink: CanonicalSink) => void, request = plain, context = testContext()): readonly unknown[] {
  const frames = encodeChat(
    (sink) => {
      sink.start('chatcmpl-1', 'm');
      play(sink);
      sink.stop('end');
    },
    request,
    context,
  );
  checkChunkOrder(frames);
  return chunksOf(frames)
    .slice(1, -1)
    .map(({ choices }) => (choices as [{ delta: unknown }])[0].delta);
}

const openCall = (id: string, name = 'x') => ({ type: 'tool-call', id, name }) as const;

describe('stream encoder', () => {
  it('writes an answer as the vendor does', () => {
    const frames = encodeChat((sink) => {
      sink.start('chatcmpl-1', 'some-model');
      sink.openBlock(0, { type: 'text' });
      sink.textDelta(0, 'He said "hi"\n\u2028');
      sink.closeBlock(0);
      sink.usage({ inputText: 3, outputText: 4 });
      sink.stop('end');
    }, plain);
    const head = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_764_000_000, model: 'some-model' };
    const choice = (delta: JsonObject, finishReason: string | null = null) => ({
      ...head,
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
    });
    expect(chunksOf(frames)).toEqual([
      choice({ role: 'assistant', content: '', refusal: null }),
      choice({ content: 'He said "hi"\n\u2028' }),
      choice({}, 'stop'),
    ]);
    expect(frames.at(-1)).toEqual({ data: '[DONE]' });
  });

  it('tells usage to those who asked: null on each chunk, the sum on a last one without choices', () => {
    const frames = encodeChat((sink) => {
      sink.start('chatcmpl-1', 'm');
      sink.usage({ inputText: 3, outputText: 1 });
      sink.usage({ outputText: 4 });
      sink.stop('end');
    }, counting);
    checkChunkOrder(frames);
    const chunks = chunksOf(frames);
    expect(chunks.slice(0, -1).map(({ usage }) => usage)).toEqual([null, null]);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 } });
  });

  it('says nothing of usage to others', () => {
    const frames = encodeChat((sink) => {
      sink.start('chatcmpl-1', 'm');
      sink.usage({ inputText: 3 });
      sink.stop('end');
    }, plain);
    expect(frames.some(({ data }) => data.includes('usage'))).toBe(false);
  });

  it('makes up an id and a model where the upstream has none', () => {
    expect(chunksOf(encodeChat((sink) => sink.start('', ''), plain))).toMatchObject([{ id: 'chatcmpl-1', model: 'gpt-4o-mini' }]);
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
  ])('calls the end %s %s', (reason, finishReason) => {
    const frames = encodeChat((sink) => {
      sink.start('chatcmpl-1', 'm');
      sink.stop(reason);
    });
    expect(chunksOf(frames).at(-1)).toMatchObject({ choices: [{ delta: {}, finish_reason: finishReason }] });
  });
});

describe('streamed blocks', () => {
  it('of thinking and text are told apart by their field', () => {
    expect(
      deltasOf((sink) => {
        sink.openBlock(0, { type: 'thinking' });
        sink.openBlock(1, { type: 'text' });
        sink.textDelta(1, 'a');
        sink.textDelta(0, 'Hm');
        sink.closeBlock(1);
        sink.closeBlock(0);
      }),
    ).toEqual([{ content: 'a' }, { reasoning_content: 'Hm' }]);
  });

  it('of parallel calls keep their numbers, however they are interleaved', () => {
    expect(
      deltasOf((sink) => {
        sink.openBlock(0, { type: 'text' });
        sink.openBlock(1, openCall('a'));
        sink.openBlock(2, openCall('b', 'y'));
        sink.argumentsDelta(2, '{"n":');
        sink.argumentsDelta(1, '{"m":1}');
        sink.closeBlock(1);
        sink.argumentsDelta(2, '2}');
        sink.closeBlock(2);
        sink.closeBlock(0);
      }),
    ).toEqual([
      { tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'x', arguments: '' } }] },
      { tool_calls: [{ index: 1, id: 'b', type: 'function', function: { name: 'y', arguments: '' } }] },
      { tool_calls: [{ index: 1, function: { arguments: '{"n":' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '{"m":1}' } }] },
      { tool_calls: [{ index: 1, function: { arguments: '2}' } }] },
    ]);
  });

  it('of calls without arguments get an empty object', () => {
    expect(
      deltasOf((sink) => {
        sink.openBlock(0, openCall('a'));
        sink.closeBlock(0);
      }).at(-1),
    ).toEqual({ tool_calls: [{ index: 0, function: { arguments: '{}' } }] });
  });

  it('of calls for plain text are functions where the caller declared no such tool', () => {
    expect(
      deltasOf((sink) => {
        sink.openBlock(0, { ...openCall('a', 'patch'), freeform: true });
        sink.argumentsDelta(0, 'a "b"');
        sink.closeBlock(0);
      }),
    ).toEqual([
      { tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'patch', arguments: '' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '{"input":"a \\"b\\""}' } }] },
    ]);
  });

  it('of calls for plain text have an input', () => {
    const request = canonicalRequest({ stream: true, tools: [{ name: 'patch', freeform: true }] });
    expect(
      deltasOf((sink) => {
        sink.openBlock(0, { ...openCall('a', 'patch'), freeform: true });
        sink.argumentsDelta(0, 'plain');
        sink.closeBlock(0);
      }, request),
    ).toEqual([
      { tool_calls: [{ index: 0, id: 'a', type: 'custom', custom: { name: 'patch', input: '' } }] },
      { tool_calls: [{ index: 0, custom: { input: 'plain' } }] },
    ]);
  });

  it('of calls for plain text have it also where the upstream knew only JSON', () => {
    const request = canonicalRequest({ stream: true, tools: [{ name: 'patch', freeform: true }] });
    expect(
      deltasOf((sink) => {
        sink.openBlock(0, openCall('a', 'patch'));
        for (const fragment of ['{"inp', 'ut":"a \\"', 'b\\""}']) sink.argumentsDelta(0, fragment);
        sink.closeBlock(0);
      }, request),
    ).toEqual([
      { tool_calls: [{ index: 0, id: 'a', type: 'custom', custom: { name: 'patch', input: '' } }] },
      { tool_calls: [{ index: 0, custom: { input: 'a "b"' } }] },
    ]);
  });

  it('carry seals wrapped in the name of their vendor, with the words that they vouch for', () => {
    const context = testContext();
    const deltas = deltasOf(
      (sink) => {
        sink.openBlock(0, { type: 'thinking' });
        sink.textDelta(0, 'H');
        sink.seal(0, { vendor: 'anthropic', value: 's' });
        sink.textDelta(0, 'm');
        sink.closeBlock(0);
        sink.openBlock(1, openCall('a'));
        sink.argumentsDelta(1, '{}');
        sink.seal(1, { vendor: 'google', value: 'g' });
        sink.closeBlock(1);
        sink.openBlock(2, { type: 'thinking' });
        sink.seal(2, { vendor: 'anthropic', value: 't' });
        sink.closeBlock(2);
        sink.openBlock(3, { type: 'text' });
        sink.seal(3, { vendor: 'google', value: 'g' });
        sink.closeBlock(3);
      },
      plain,
      context,
    );
    expect(deltas).toContainEqual({
      reasoning_details: [{ type: 'reasoning.text', text: 'Hm', signature: 'tg1.anthropic..s', index: 0 }],
    });
    expect(deltas).toContainEqual({
      tool_calls: [{ index: 0, function: { arguments: '' }, extra_content: { google: { thought_signature: 'tg1.google..g' } } }],
    });
    expect(deltas).toContainEqual({ reasoning_details: [{ type: 'reasoning.text', text: '', signature: 'tg1.anthropic..t', index: 1 }] });
    expect(deltas).toContainEqual({ reasoning_details: [{ type: 'reasoning.encrypted', data: 'tg1p..tg1.google..g', index: 2 }] });
    expect(context.lostFields()).toEqual([]);
  });

  it('show the seal of a call where clients look for it, in its first words', () => {
    const deltas = deltasOf((sink) => {
      sink.openBlock(0, openCall('a'));
      sink.openBlock(1, openCall('b'));
      sink.seal(1, { vendor: 'google', value: 'g' });
      sink.argumentsDelta(1, '{}');
      sink.closeBlock(0);
      sink.closeBlock(1);
    });
    expect(deltas.map((delta) => JSON.stringify(delta)).filter((delta) => delta.includes('"name"'))).toEqual([
      expect.stringContaining('"index":0,"id":"a"'),
      expect.stringMatching(/"index":1,.*"id":"b".*"thought_signature":"tg1\.google\.\.g"/),
    ]);
  });

  it('send a sealed thought before words of a text that was open all along', () => {
    const deltas = deltasOf((sink) => {
      sink.openBlock(0, { type: 'text' });
      sink.openBlock(1, { type: 'thinking' });
      sink.textDelta(1, 'Hm');
      sink.seal(1, { vendor: 'anthropic', value: 's' });
      sink.closeBlock(1);
      sink.textDelta(0, 'Yes');
      sink.closeBlock(0);
    });
    expect(deltas).toEqual([
      { reasoning_content: 'Hm' },
      { reasoning_details: [{ type: 'reasoning.text', text: 'Hm', signature: 'tg1.anthropic..s', index: 0 }] },
      { content: 'Yes' },
    ]);
  });

  it('of redacted thinking show their seal as encrypted, as a whole answer does', () => {
    expect(
      deltasOf((sink) => {
        sink.openBlock(0, { type: 'thinking', redacted: true });
        sink.seal(0, { vendor: 'anthropic', value: 'r' });
        sink.closeBlock(0);
      }),
    ).toEqual([{ reasoning_details: [{ type: 'reasoning.encrypted', data: 'tg1.anthropic..r', index: 0 }] }]);
  });

  it('are followed by all their sources in one list', () => {
    expect(
      deltasOf((sink) => {
        sink.openBlock(0, { type: 'text' });
        sink.citation(0, { url: 'https://example.org', title: 'T' });
        sink.textDelta(0, 'a');
        sink.citation(0, { quote: 'q' });
        sink.closeBlock(0);
      }),
    ).toEqual([
      { content: 'a' },
      {
        annotations: [
          { type: 'url_citation', url_citation: { url: 'https://example.org', title: 'T', start_index: 0, end_index: 0 } },
          { type: 'url_citation', url_citation: { url: '', title: '', start_index: 0, end_index: 0 } },
        ],
      },
    ]);
  });

  it('show pictures, and say what they cannot', () => {
    const context = testContext();
    const deltas = deltasOf(
      (sink) => {
        sink.wholeBlock(0, { type: 'media', media: 'image', mimeType: 'image/png', source: { base64: 'QUJD' } });
        sink.wholeBlock(1, { type: 'media', media: 'video', source: { base64: 'QUJD' } });
        sink.wholeBlock(2, { type: 'media', media: 'image', source: { fileId: 'f', vendor: 'google' } });
        sink.wholeBlock(3, { type: 'opaque', dialect: 'gemini', data: {} });
      },
      plain,
      context,
    );
    expect(deltas).toEqual([{ images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,QUJD' } }] }]);
    expect(context.lostFields()).toEqual(['media block', 'opaque block']);
  });
});

describe('a failing stream', () => {
  const verdict = verdictForKind('rate-limit', 429, 'Slow down.', 'slow_down');

  it('ends with an error and without the word that it is whole', () => {
    const frames = encodeChat((sink) => {
      sink.start('chatcmpl-1', 'm');
      sink.openBlock(0, { type: 'text' });
      sink.textDelta(0, 'a');
      sink.fail(verdict);
    }, counting);
    checkChunkOrder(frames);
    expect(chunksOf(frames).at(-1)).toEqual({
      error: { message: 'Slow down.', type: 'rate_limit_exceeded', param: null, code: 'slow_down' },
    });
  });

  it('may fail before it begins', () => {
    const frames = encodeChat((sink) => sink.fail({ ...verdict, field: 'messages.0' }), counting);
    expect(chunksOf(frames)).toMatchObject([{ error: { param: 'messages.0' } }]);
    expect(frames).toHaveLength(1);
  });
});

describe('any stream', () => {
  it('keeps the order that clients rely on, whichever legal calls arrive', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 99 }), { maxLength: 60 }), fc.boolean(), fc.boolean(), (choices, fails, counts) => {
        checkChunkOrder(encodeChat((sink) => playChoices(sink, choices, fails), counts ? counting : plain));
      }),
      { numRuns: 500 },
    );
  });
});
