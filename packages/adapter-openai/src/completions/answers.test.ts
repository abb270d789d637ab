import { emptyUsage, type JsonObject, UpstreamError, verdictForKind } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { canonicalRequest, canonicalResponse, text, turn } from '../testing/canonical.js';
import { chunksOf } from '../testing/chat-streams.js';
import { decodeFrames, encodeFrames } from '../testing/dialect-streams.js';
import { playResponse } from '../testing/play-response.js';
import { testContext } from '../testing/test-context.js';
import { openaiCompletions } from './dialect.js';
import type { Answer } from './wire.js';

const head = { id: 'cmpl-1', object: 'text_completion', created: 1_764_000_000, model: 'gpt-3.5-turbo-instruct' };
const stated = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
const usage = { ...emptyUsage(), inputText: 5, outputText: 2 };

function chunk(said: string, finish: string | null = null, more: JsonObject = {}): JsonObject {
  return { ...head, choices: [{ text: said, index: 0, logprobs: null, finish_reason: finish, ...more }], usage: null };
}

function encoded(response: Parameters<typeof playResponse>[1], request = canonicalRequest()): Answer {
  return openaiCompletions.client?.encodeResponse(response, request, testContext()) as Answer;
}

describe('an answer of a model that completes texts', () => {
  const decode = (body: unknown, context = testContext()) => openaiCompletions.upstream.decodeResponse(body, context);

  it.each([
    ['stop', 'end'],
    ['length', 'length'],
    ['content_filter', 'filter'],
    [null, 'end'],
  ])('that ends by %s is read', (finish, stop) => {
    expect(decode({ ...head, choices: [{ text: ' a time', index: 0, finish_reason: finish }], usage: stated })).toEqual({
      id: 'cmpl-1',
      model: 'gpt-3.5-turbo-instruct',
      blocks: [text(' a time')],
      stop,
      usage,
    });
  });

  it('says that it cannot keep how sure the model was', () => {
    const context = testContext();
    decode({ choices: [{ text: 'a', logprobs: { tokens: ['a'] } }] }, context);
    expect(context.lostFields()).toEqual(['logprobs']);
  });

  it.each([
    [{ error: { message: 'Gone.', code: 'server_error' } }, /Gone/],
    [{ choices: [{ error: { message: 'Half gone.' } }] }, /Half gone/],
    [{ choices: [] }, /without a choice/],
    [{ choices: [{ message: { content: 'This is chat.' } }] }, /without a choice/],
    [undefined, /without a choice/],
  ])('is a failure where it holds none: %j', (body, message) => {
    expect(() => decode(body)).toThrow(message);
    expect(() => decode(body)).toThrow(expect.toSatisfy((error: unknown) => UpstreamError.isInstance(error)));
  });

  it('is read from a stream, the first choice of several', () => {
    const frames = [chunk(' a'), chunk(' other', null, { index: 1 }), chunk(' time', 'stop'), { ...head, choices: [], usage: stated }];
    expect(decodeFrames(openaiCompletions, [...frames, '[DONE]']).response()).toEqual({
      id: 'cmpl-1',
      model: 'gpt-3.5-turbo-instruct',
      blocks: [text(' a time')],
      stop: 'end',
      usage,
    });
  });

  it.each<[string, readonly (JsonObject | string)[], 'done' | 'cut', string]>([
    ['that broke off', [chunk(' a')], 'cut', 'upstream_cut'],
    ['that closed without an end', [chunk(' a')], 'done', 'upstream_cut'],
    ['that said nothing', ['[DONE]'], 'done', 'upstream_empty'],
    ['with an error in it', [chunk(' a'), { error: { message: 'Gone.', code: 'server_error' } }], 'done', 'server_error'],
  ])('is a failure in a stream %s', (_title, frames, end, code) => {
    expect(decodeFrames(openaiCompletions, frames, { end }).calls.at(-1)).toEqual(['fail', expect.objectContaining({ code })]);
  });
});

describe('an answer for a client that has a text completed', () => {
  const said = canonicalResponse({ id: '', model: '', blocks: [text(' a'), text(' time')], stop: 'tool', usage });

  it('is one text', () => {
    expect(encoded(said)).toMatchObject({
      id: 'cmpl-1',
      object: 'text_completion',
      created: 1_764_000_000,
      model: 'gpt-4o-mini',
      choices: [{ text: ' a time', index: 0, logprobs: null, finish_reason: 'stop' }],
      usage: stated,
    });
  });

  it('follows the prompt where that is to be echoed', () => {
    const request = canonicalRequest({ echo: true, turns: [turn('user', text('Once upon'))] });
    expect(encoded(said, request).choices[0]?.text).toBe('Once upon a time');
    const chunks = chunksOf(encodeFrames(openaiCompletions, (sink) => playResponse(sink, said), { ...request, stream: true }));
    expect(chunks[0]).toMatchObject({ object: 'text_completion', choices: [{ text: 'Once upon', finish_reason: null }] });
    expect(joined(chunks)).toBe('Once upon a time');
  });

  it.each([true, undefined])('is streamed, with usage if it was asked for (%s)', (asked) => {
    const request = canonicalRequest({ stream: true, ...(asked === true ? { usageInStream: asked } : {}) });
    const frames = encodeFrames(openaiCompletions, (sink) => playResponse(sink, said), request);
    expect(frames.at(-1)?.data).toBe('[DONE]');
    const chunks = chunksOf(frames);
    expect(joined(chunks)).toBe(' a time');
    const withUsage = chunks.filter((each) => each['usage'] !== undefined && each['usage'] !== null);
    expect(withUsage).toHaveLength(asked === true ? 1 : 0);
    if (asked === true) expect(chunks.at(-1)).toMatchObject({ choices: [], usage: stated });
  });

  it('has no place for thoughts and calls, and says so', () => {
    const answer = canonicalResponse({
      blocks: [{ type: 'thinking', text: 'Hm.' }, text('Yes'), { type: 'tool-call', id: 'a', name: 'weather', arguments: '{}' }],
    });
    const [whole, stream] = [testContext(), testContext()];
    const body = openaiCompletions.client?.encodeResponse(answer, canonicalRequest(), whole) as Answer;
    const frames = encodeFrames(openaiCompletions, (sink) => playResponse(sink, answer), canonicalRequest({ stream: true }), stream);
    expect([body.choices[0]?.text, joined(chunksOf(frames))]).toEqual(['Yes', 'Yes']);
    for (const context of [whole, stream]) expect(context.lostFields()).toEqual(['thinking block', 'tool-call block']);
  });

  it('that breaks off has no end', () => {
    const verdict = verdictForKind('network', 502, 'Cut.', 'upstream_cut');
    const frames = encodeFrames(
      openaiCompletions,
      (sink) => {
        sink.start('cmpl-1', 'm');
        sink.fail(verdict);
        sink.stop('end');
      },
      canonicalRequest({ stream: true }),
    );
    expect(frames.map(({ data }) => JSON.parse(data) as unknown)).toEqual([{ error: expect.objectContaining({ message: 'Cut.' }) }]);
  });
});

function joined(chunks: readonly JsonObject[]): string {
  return (chunks as unknown as readonly Answer[]).map(({ choices }) => choices[0]?.text ?? '').join('');
}
