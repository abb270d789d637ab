import { FrameScanner, inputTokens, outputTokens } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { classify } from '../classify.js';
import { decodeChat } from '../testing/chat-streams.js';
import { recordedFrames, recordedText } from '../testing/recorded.js';
import { deltaText, recordedChat, recordedChunks, recordedNamed, said, scannedUsage } from '../testing/recorded-chat.js';

describe.skipIf(recordedChat.length === 0)('a vendor’s habit', () => {
  it('of stating usage on every chunk is not added up (finding 3)', () => {
    const answer = recordedNamed('perplexity-citations.chunks.txt');
    const counts = recordedChunks(answer).map(({ usage }) => (usage as { completion_tokens: number }).completion_tokens);
    expect(outputTokens(decodeChat(recordedFrames(answer)).response().usage)).toBe(Math.max(...counts));
  });

  it('of stating usage in a member of its own is understood (finding 3)', () => {
    const frames = recordedChunks(recordedNamed('groq-tool-call.chunks.txt')).map(({ usage: _usage, ...chunk }) => chunk);
    const { usage, blocks, stop } = decodeChat(frames).response();
    expect(usage).toMatchObject({ inputText: 210, outputText: 15 });
    expect(blocks).toEqual([{ type: 'tool-call', id: 'tk85n1k4m', name: 'weather', arguments: '{}' }]);
    expect(stop).toBe('tool');
    expect(scannedUsage(frames.map((frame) => JSON.stringify(frame)))).toMatchObject({ inputText: 210, outputText: 15 });
  });

  it.each([
    ['openai-text.chunks.txt', 'in a last chunk without choices'],
    ['xai-tool-call.chunks.txt', 'in a last chunk without choices'],
    ['alibaba-tool-call.chunks.txt', 'in a last chunk without choices'],
    ['moonshotai-stream.chunks.txt', 'beside the last delta'],
    ['deepseek-reasoning.chunks.txt', 'beside the last delta'],
  ])('of %s to state usage %s, and null elsewhere or nothing, is understood (finding 3)', (file, place) => {
    const answer = recordedNamed(file);
    expect(recordedChunks(answer).at(-1)?.['choices']).toHaveLength(place === 'beside the last delta' ? 1 : 0);
    const { calls } = decodeChat(recordedFrames(answer));
    expect(calls.filter(([name]) => name === 'usage')).toHaveLength(1);
    expect(calls.at(-1)?.[0]).toBe('stop');
  });

  it('of repeating an empty id does not erase the call’s (finding 5)', () => {
    expect(decodeChat(recordedFrames(recordedNamed('alibaba-tool-call.chunks.txt'))).response().blocks).toEqual([
      { type: 'tool-call', id: 'call_eee11723464a4b9eb8cee71d', name: 'weather', arguments: '{"location": "San Francisco"}' },
    ]);
  });

  it('of opening without a model waits for the one that has it (finding 4)', () => {
    expect(decodeChat(recordedFrames(recordedNamed('azure-model-router.1.chunks.txt'))).response().model).toBe('gpt-5-nano-2025-08-07');
  });

  it('of counting reasoning beside the output leaves the total as it is (finding 1)', () => {
    const { usage, blocks } = decodeChat(recordedFrames(recordedNamed('xai-tool-call.chunks.txt'))).response();
    expect(usage).toMatchObject({ inputText: 1, inputCacheRead: 306, outputText: 26, outputReasoning: 227 });
    expect(blocks.at(-1)).toEqual({
      type: 'tool-call',
      id: 'call_79382389',
      name: 'weather',
      arguments: '{"location":"San Francisco"}',
    });
  });

  it('of counting reasoning inside the output takes it out (finding 1)', () => {
    expect(decodeChat(recordedFrames(recordedNamed('deepseek-reasoning.chunks.txt'))).response().usage).toMatchObject({
      inputText: 18,
      outputText: 14,
      outputReasoning: 205,
    });
  });

  it('of lists for content keeps thinking and text apart (finding 7)', () => {
    expect(decodeChat(recordedFrames(recordedNamed('mistral-reasoning.chunks.txt'))).response().blocks).toEqual([
      { type: 'thinking', text: 'The user is asking for 2+2. This is basic arithmetic. 2+2=4.' },
      { type: 'text', text: '2 + 2 = 4' },
    ]);
  });

  it.each([
    ['deepseek-reasoning.chunks.txt', 'reasoning_content'],
    ['wire-zai-thinking.sse', 'reasoning_content'],
    ['moonshotai-stream.chunks.txt', 'reasoning_content'],
    ['xai-tool-call.chunks.txt', 'reasoning_content'],
    ['wire-openrouter-reasoning.sse', 'reasoning'],
  ])('of thinking aloud in %s is heard once (finding 7)', (file, field) => {
    const answer = recordedNamed(file);
    const { blocks } = decodeChat(recordedFrames(answer)).response();
    expect(said(blocks, 'thinking')).toBe(deltaText(answer, field));
    expect(blocks.filter(({ type }) => type === 'thinking')).toHaveLength(1);
  });

  it('of keeping signatures in details brings them to their vendor’s thinking (finding 7)', () => {
    const answer = recordedNamed('wire-openrouter-reasoning.sse');
    const details = recordedChunks(answer)
      .flatMap(({ choices }) => choices as { delta: { reasoning_details?: { signature?: string }[] } }[])
      .flatMap(({ delta }) => delta.reasoning_details ?? []);
    const value = details.map(({ signature }) => signature ?? '').join('');
    expect(value).toMatch(/^Et0B/);
    expect(decodeChat(recordedFrames(answer)).response().blocks).toEqual([
      { type: 'thinking', text: deltaText(answer, 'reasoning'), seal: { vendor: 'anthropic', value } },
      { type: 'text', text: deltaText(answer, 'content') },
    ]);
  });

  it('of padding against eavesdroppers is not taken for an answer (finding 13)', () => {
    const answer = recordedNamed('openai-text.chunks.txt');
    expect(recordedFrames(answer).some((frame) => frame.includes('"obfuscation"'))).toBe(true);
    const bare = recordedChunks(answer).map(({ obfuscation: _padding, ...chunk }) => chunk);
    expect(decodeChat(recordedFrames(answer)).calls).toEqual(decodeChat(bare).calls);
  });

  it.each([
    ['wire-openrouter-midstream-error.sse', 'Token limit reached', 43],
    ['wire-groq-event-error.sse', /^Tool call validation failed/, 0],
  ])('of failing in the middle of %s is no answer (finding 8)', (file, message, input) => {
    const sink = decodeChat(recordedFrames(recordedNamed(file)));
    expect(sink.calls.at(-1)).toEqual([
      'fail',
      expect.objectContaining({ kind: 'invalid-request', status: 400, retry: 'never', message: expect.stringMatching(message) }),
    ]);
    expect(inputTokens(sink.response().usage)).toBe(input);
  });

  it('of refusing a request for a stream with plain JSON is judged like any failure (finding 10)', () => {
    const { file, status } = recordedNamed('reasoning-model-legacy-parameter-error.json');
    const content = recordedText(file);
    expect(classify({ status, headers: new Map(), text: content, json: () => JSON.parse(content) as unknown })).toMatchObject({
      kind: 'invalid-request',
      field: 'max_tokens',
    });
  });

  it.each(['openai-text.chunks.txt', 'wire-openrouter-reasoning.sse'])(
    'of escapes, bytes and comments in %s survives a cut at any byte (finding 15)',
    (file) => {
      const answer = recordedNamed(file);
      const frames = recordedFrames(answer);
      const bytes = Buffer.from(recordedText(answer.file));
      const framing = answer.format === 'sse-raw' ? 'sse' : 'json-lines';
      for (const size of [1, 2, 3, 7]) {
        const cut: string[] = [];
        const scanner = new FrameScanner(framing, (data) => cut.push(data));
        for (let place = 0; place < bytes.length; place += size) scanner.push(bytes.subarray(place, place + size));
        scanner.end();
        expect(cut).toEqual(frames);
      }
    },
  );
});
