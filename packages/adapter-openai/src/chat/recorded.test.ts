import type { Block, JsonObject, Usage } from '@tollgate/plugin-kit';
import { inputTokens, outputTokens } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { classify } from '../classify.js';
import { isObject } from '../request-fields.js';
import { decodeChat } from '../testing/chat-streams.js';
import { type RecordedAnswer, recordedAnswers, recordedFrames, recordedText } from '../testing/recorded.js';
import { testContext } from '../testing/test-context.js';
import { decodeRequest } from './decode-request.js';
import { decodeResponse } from './decode-response.js';
import { encodeRequest } from './encode-request.js';
import { inspect } from './inspect.js';
import { chatUsage } from './usage.js';
import { usageOnDemand } from './usage-on-demand.js';

const recorded = recordedAnswers('openai-chat');
const streams = recorded.filter(({ format }) => format !== 'json');
/** Streams in which the vendor breaks off with an error. */
const broken = new Set(['openai-compatible/wire-openrouter-midstream-error.sse', 'openai-compatible/wire-groq-event-error.sse']);
const whole = streams.filter(({ file }) => !broken.has(file));
const files = (answers: readonly RecordedAnswer[]) => answers.map((answer) => [answer.file, answer] as const);

function named(file: string): RecordedAnswer {
  const found = recorded.find((answer) => answer.file.endsWith(file));
  if (found === undefined) throw new Error(`There is no recorded ${file}.`);
  return found;
}

function chunksOf(answer: RecordedAnswer): readonly JsonObject[] {
  return recordedFrames(answer)
    .filter((frame) => frame !== '[DONE]')
    .map((frame) => JSON.parse(frame) as JsonObject);
}

/** The newest usage that any chunk states, read by another way than ours. */
function statedUsage(answer: RecordedAnswer): JsonObject | undefined {
  const stated = chunksOf(answer).map(({ usage, x_groq: extra }) => usage ?? (isObject(extra) ? extra['usage'] : undefined));
  return stated.findLast(isObject);
}

function without<Given extends object, Key extends keyof Given & string>(given: Given, ...keys: readonly Key[]): Omit<Given, Key> {
  return Object.fromEntries(Object.entries(given).filter(([key]) => !(keys as readonly string[]).includes(key))) as Omit<Given, Key>;
}

/** The usage that the pass lane finds: the last of the frames that a needle nominates. */
function scannedUsage(frames: readonly string[]): Partial<Usage> {
  let found: Partial<Usage> = {};
  for (const frame of frames.filter((text) => chatUsage.needles.some((needle) => text.includes(needle)))) {
    const usage: Partial<Usage> = {};
    chatUsage.read(JSON.parse(frame), usage);
    if (Object.keys(usage).length > 0) found = usage;
  }
  return found;
}

function said(blocks: readonly Block[], type: 'text' | 'thinking'): string {
  return blocks.map((block) => (block.type === type ? block.text : '')).join('');
}

/** All strings at a field of the deltas, joined. */
function deltaText(answer: RecordedAnswer, field: string): string {
  return chunksOf(answer)
    .flatMap(({ choices }) => choices as { delta?: JsonObject }[])
    .map((choice) => choice.delta?.[field])
    .filter((part) => typeof part === 'string')
    .join('');
}

describe.skipIf(recorded.length === 0)('a recorded chat stream', () => {
  it.each(files(whole))('%s ends well, with the usage that was recorded', (_file, answer) => {
    const sink = decodeChat(recordedFrames(answer));
    const { usage } = sink.response();
    expect(sink.calls.at(-1)?.[0]).toBe('stop');
    const stated = statedUsage(answer);
    expect(inputTokens(usage)).toBe(stated?.['prompt_tokens'] ?? 0);
    expect(inputTokens(usage) + outputTokens(usage)).toBe(stated?.['total_tokens'] ?? 0);
    expect(scannedUsage(recordedFrames(answer))).toEqual(stated === undefined ? {} : expect.objectContaining(withoutZeros(usage)));
  });

  it.each(files(whole))('%s says what its deltas say', (_file, answer) => {
    const { blocks } = decodeChat(recordedFrames(answer)).response();
    const content = chunksOf(answer).some(({ choices }) => JSON.stringify(choices).includes('"content":['))
      ? undefined
      : deltaText(answer, 'content');
    if (content !== undefined) expect(said(blocks, 'text')).toBe(content);
    expect(blocks.every((block) => block.type !== 'text' || block.text !== '')).toBe(true);
  });

  it.each(files(streams))('%s ends properly wherever it is cut, and never well before its finish reason', (_file, answer) => {
    const frames = recordedFrames(answer);
    const finishedAt = frames.findIndex((frame) => /"finish_reason": ?"/.test(frame));
    for (let count = 0; count <= frames.length; count += 1) {
      const ending = decodeChat(frames.slice(0, count), 'cut').calls.at(-1)?.[0] ?? 'nothing';
      if (finishedAt < 0 || count <= finishedAt) expect(ending).toBe('fail');
      else expect(broken.has(answer.file) ? ['stop', 'fail'] : ['stop']).toContain(ending);
    }
  });

  it.each(files(whole))('%s is told from its extra usage frame only by a frame without choices', (_file, answer) => {
    const extra = chunksOf(answer).filter((chunk) => usageOnDemand.isExtraFrame(chunk));
    for (const chunk of extra) expect(chunk['choices']).toEqual([]);
    const hidden = new Set(extra.map((chunk) => JSON.stringify(chunk)));
    const rest = chunksOf(answer).filter((chunk) => !hidden.has(JSON.stringify(chunk)));
    expect(without(decodeChat(rest).response(), 'usage', 'id', 'model')).toEqual(
      without(decodeChat(recordedFrames(answer)).response(), 'usage', 'id', 'model'),
    );
  });
});

function withoutZeros(usage: Usage): Partial<Usage> {
  return Object.fromEntries(Object.entries(usage).filter(([, count]) => count > 0));
}

describe.skipIf(recorded.length === 0)('a vendor’s habit', () => {
  it('of stating usage on every chunk is not added up', () => {
    const answer = named('perplexity-citations.chunks.txt');
    const counts = chunksOf(answer).map(({ usage }) => (usage as { completion_tokens: number }).completion_tokens);
    expect(outputTokens(decodeChat(recordedFrames(answer)).response().usage)).toBe(Math.max(...counts));
  });

  it('of stating usage in a member of its own is understood', () => {
    const frames = chunksOf(named('groq-tool-call.chunks.txt')).map(({ usage: _usage, ...chunk }) => chunk);
    const { usage, blocks, stop } = decodeChat(frames).response();
    expect(usage).toMatchObject({ inputText: 210, outputText: 15 });
    expect(blocks).toEqual([{ type: 'tool-call', id: 'tk85n1k4m', name: 'weather', arguments: '{}' }]);
    expect(stop).toBe('tool');
    expect(scannedUsage(frames.map((frame) => JSON.stringify(frame)))).toMatchObject({ inputText: 210, outputText: 15 });
  });

  it('of repeating an empty id does not erase the call’s', () => {
    expect(decodeChat(recordedFrames(named('alibaba-tool-call.chunks.txt'))).response().blocks).toEqual([
      { type: 'tool-call', id: 'call_eee11723464a4b9eb8cee71d', name: 'weather', arguments: '{"location": "San Francisco"}' },
    ]);
  });

  it('of opening without a model waits for the one that has it', () => {
    expect(decodeChat(recordedFrames(named('azure-model-router.1.chunks.txt'))).response().model).toBe('gpt-5-nano-2025-08-07');
  });

  it('of counting reasoning beside the output leaves the total as it is', () => {
    const { usage, blocks } = decodeChat(recordedFrames(named('xai-tool-call.chunks.txt'))).response();
    expect(usage).toMatchObject({ inputText: 1, inputCacheRead: 306, outputText: 26, outputReasoning: 227 });
    expect(blocks.at(-1)).toEqual({
      type: 'tool-call',
      id: 'call_79382389',
      name: 'weather',
      arguments: '{"location":"San Francisco"}',
    });
  });

  it('of counting reasoning inside the output takes it out', () => {
    expect(decodeChat(recordedFrames(named('deepseek-reasoning.chunks.txt'))).response().usage).toMatchObject({
      inputText: 18,
      outputText: 14,
      outputReasoning: 205,
    });
  });

  it('of lists for content keeps thinking and text apart', () => {
    expect(decodeChat(recordedFrames(named('mistral-reasoning.chunks.txt'))).response().blocks).toEqual([
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
  ])('of thinking aloud in %s is heard once', (file, field) => {
    const answer = named(file);
    const { blocks } = decodeChat(recordedFrames(answer)).response();
    expect(said(blocks, 'thinking')).toBe(deltaText(answer, field));
    expect(blocks.filter(({ type }) => type === 'thinking')).toHaveLength(1);
  });

  it('of padding against eavesdroppers is not taken for an answer', () => {
    const answer = named('openai-text.chunks.txt');
    expect(recordedFrames(answer).some((frame) => frame.includes('"obfuscation"'))).toBe(true);
    const bare = chunksOf(answer).map(({ obfuscation: _padding, ...chunk }) => chunk);
    expect(decodeChat(recordedFrames(answer)).calls).toEqual(decodeChat(bare).calls);
  });

  it.each([
    ['wire-openrouter-midstream-error.sse', 'Token limit reached', 43],
    ['wire-groq-event-error.sse', /^Tool call validation failed/, 0],
  ])('of failing in the middle of %s is no answer', (file, message, input) => {
    const sink = decodeChat(recordedFrames(named(file)));
    expect(sink.calls.at(-1)).toEqual([
      'fail',
      expect.objectContaining({ kind: 'invalid-request', status: 400, retry: 'never', message: expect.stringMatching(message) }),
    ]);
    expect(inputTokens(sink.response().usage)).toBe(input);
  });
});

describe.skipIf(recorded.length === 0)('a recorded chat answer', () => {
  const answers = recorded.filter(({ format, status }) => format === 'json' && status === 200);

  it.each(files(answers))('%s is read whole, with the usage that was recorded', (file) => {
    const body = JSON.parse(recordedText(file)) as { choices: [{ message: { content: string } }]; usage: JsonObject };
    const { blocks, stop, usage } = decodeResponse(body, testContext());
    expect(blocks).toEqual([{ type: 'text', text: body.choices[0].message.content }]);
    expect(stop).toBe('end');
    expect(inputTokens(usage)).toBe(body.usage['prompt_tokens']);
    expect(outputTokens(usage)).toBe(body.usage['completion_tokens']);
  });

  it('tells what came from the cache', () => {
    const usage: Partial<Usage> = {};
    chatUsage.read(JSON.parse(recordedText(named('prompt-cache-hit.json').file)), usage);
    expect(usage).toMatchObject({ inputText: 8, inputCacheRead: 4012 });
  });
});

describe.skipIf(recorded.length === 0)('a recorded chat error', () => {
  it.each([
    [
      'openrouter-429.json',
      { kind: 'rate-limit', status: 429, retry: 'other', message: expect.stringContaining('temporarily rate-limited') },
    ],
    [
      'reasoning-model-legacy-parameter-error.json',
      { kind: 'invalid-request', status: 400, retry: 'never', code: 'unsupported_parameter', field: 'max_tokens' },
    ],
  ])('%s is judged', (file, verdict) => {
    const answer = named(file);
    const content = recordedText(answer.file);
    const judged = classify({ status: answer.status, headers: new Map(), text: content, json: () => JSON.parse(content) as unknown });
    expect(judged).toMatchObject(verdict);
    expect(judged.message).not.toMatch(/https?:|openrouter\.ai/);
  });
});

describe.skipIf(recorded.length === 0)('a recorded chat request', () => {
  const asked = recorded.filter(({ requestFile }) => requestFile !== undefined).map(({ requestFile = '' }) => requestFile);

  it.each(asked)('%s comes out of the canonical form as it went in, or says what is missing', (file) => {
    const body = JSON.parse(recordedText(file)) as JsonObject;
    const decode = (given: JsonObject) => decodeRequest(given, inspect(given), testContext());
    const request = decode(body);
    const context = testContext();
    const { thinking, turns, ...kept } = decode(encodeRequest(request, context));
    expect(kept).toEqual({ ...without(request, 'thinking', 'turns'), ...(request.stream ? { usageInStream: true } : {}) });
    if (!context.lostFields().includes('thinking')) expect(thinking).toEqual(request.thinking);
    if (!context.lostFields().includes('cache')) expect(turns).toEqual(request.turns);
  });
});
