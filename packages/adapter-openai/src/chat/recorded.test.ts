import type { JsonObject, Usage } from '@tollgate/plugin-kit';
import { inputTokens, outputTokens } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { classify } from '../classify.js';
import { isObject } from '../request-fields.js';
import { decodeChat } from '../testing/chat-streams.js';
import { type RecordedAnswer, recordedFrames, recordedText } from '../testing/recorded.js';
import { deltaText, recordedChat, recordedChunks, recordedNamed, said, scannedUsage } from '../testing/recorded-chat.js';
import { testContext } from '../testing/test-context.js';
import { decodeRequest } from './decode-request.js';
import { decodeResponse } from './decode-response.js';
import { encodeRequest } from './encode-request.js';
import { inspect } from './inspect.js';
import { chatUsage } from './usage.js';
import { usageOnDemand } from './usage-on-demand.js';

const recorded = recordedChat;
const streams = recorded.filter(({ format }) => format !== 'json');
/** Streams in which the vendor breaks off with an error. */
const broken = new Set(['openai-compatible/wire-openrouter-midstream-error.sse', 'openai-compatible/wire-groq-event-error.sse']);
const whole = streams.filter(({ file }) => !broken.has(file));
const files = (answers: readonly RecordedAnswer[]) => answers.map((answer) => [answer.file, answer] as const);

/** The newest usage that any chunk states, read by another way than ours. */
function statedUsage(answer: RecordedAnswer): JsonObject | undefined {
  const stated = recordedChunks(answer).map(({ usage, x_groq: extra }) => usage ?? (isObject(extra) ? extra['usage'] : undefined));
  return stated.findLast(isObject);
}

function without<Given extends object, Key extends keyof Given & string>(given: Given, ...keys: readonly Key[]): Omit<Given, Key> {
  return Object.fromEntries(Object.entries(given).filter(([key]) => !(keys as readonly string[]).includes(key))) as Omit<Given, Key>;
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
    const content = recordedChunks(answer).some(({ choices }) => JSON.stringify(choices).includes('"content":['))
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
    const extra = recordedChunks(answer).filter((chunk) => usageOnDemand.isExtraFrame(chunk));
    for (const chunk of extra) expect(chunk['choices']).toEqual([]);
    const hidden = new Set(extra.map((chunk) => JSON.stringify(chunk)));
    const rest = recordedChunks(answer).filter((chunk) => !hidden.has(JSON.stringify(chunk)));
    expect(without(decodeChat(rest).response(), 'usage', 'id', 'model')).toEqual(
      without(decodeChat(recordedFrames(answer)).response(), 'usage', 'id', 'model'),
    );
  });
});

function withoutZeros(usage: Usage): Partial<Usage> {
  return Object.fromEntries(Object.entries(usage).filter(([, count]) => count > 0));
}

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
    chatUsage.read(JSON.parse(recordedText(recordedNamed('prompt-cache-hit.json').file)), usage);
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
    const answer = recordedNamed(file);
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
