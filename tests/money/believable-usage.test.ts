import { describe, expect, it } from 'vitest';
import { EditLane } from '../../packages/core/src/relay/edit-lane.js';
import { PassLane } from '../../packages/core/src/relay/pass-lane.js';
import type { RelayCall, Translation } from '../../packages/core/src/relay/relay-call.js';
import type { Route } from '../../packages/core/src/relay/route.js';
import { TranslateLane } from '../../packages/core/src/relay/translate-lane.js';
import { UsageMeter } from '../../packages/core/src/relay/usage-meter.js';
import { wholeAnswer } from '../../packages/core/src/relay/whole-answer.js';
import { dialectNamed, dialects, repeatableContext } from '../relay/dialects.js';
import { allFixtures, announceMissingRecordings, chatDialects, type Fixture } from '../replay/fixtures.js';
import { wireResponseOf } from '../replay/wire.js';

const laneNames = ['pass', 'edit', 'translate'] as const;
type LaneName = (typeof laneNames)[number];

const recordings = allFixtures.filter(
  ({ dialect, status, tags, format }) =>
    chatDialects.has(dialect) && status === 200 && tags.includes('chat') && !tags.includes('broken') && format !== 'json-array-stream',
);

const translation = { context: repeatableContext, request: () => ({ model: 'm', turns: [], stream: true }) } as unknown as Translation;

interface Answer {
  readonly dialect: string;
  readonly stream: boolean;
  readonly bytes: Buffer;
}

/** The meter of an attempt in the lane, after the answer. */
function metered({ dialect: id, stream, bytes }: Answer, lane: LaneName): UsageMeter {
  const upstream = dialectNamed(id);
  const client = lane === 'translate' ? dialects.find((other) => other.id !== id) : upstream;
  const body = Buffer.from('{"model":"m","stream":true}');
  const call = { requestId: 'request-1', dialect: client, framing: 'sse', body, facts: { stream } } as unknown as RelayCall;
  const meter = new UsageMeter(upstream, 'sse', call, 10);
  meter.answerBytes = bytes.length;
  if (!stream) {
    wholeAnswer(
      call,
      { lane, spoken: { dialect: upstream }, model: 'm' } as unknown as Route,
      translation,
      meter,
      undefined,
      'application/json',
      bytes,
    );
    return meter;
  }
  const streaming =
    lane === 'translate'
      ? new TranslateLane(call, upstream, 'm', translation, meter)
      : new (lane === 'pass' ? PassLane : EditLane)(call, upstream, meter, false, undefined);
  streaming.take(bytes);
  if (streaming.failure === undefined) streaming.finish('done');
  streaming.close();
  return meter;
}

const answerOf = (fixture: Fixture): Answer => ({ dialect: fixture.dialect, stream: fixture.stream, bytes: wireResponseOf(fixture).body });

const negative: Readonly<Record<string, { readonly text: string; readonly whole: object; readonly event: object }>> = {
  'openai-chat': {
    text: '"completion_tokens":-5',
    whole: { choices: [{ message: { content: 'a' } }], usage: { prompt_tokens: 3, completion_tokens: -5 } },
    event: { choices: [{ index: 0, delta: { content: 'a' }, finish_reason: 'stop' }], usage: { prompt_tokens: 3, completion_tokens: -5 } },
  },
  'openai-responses': {
    text: '"output_tokens":-5',
    whole: { status: 'completed', output: [], usage: { input_tokens: 3, output_tokens: -5 } },
    event: { type: 'response.completed', response: { status: 'completed', output: [], usage: { input_tokens: 3, output_tokens: -5 } } },
  },
  'claude-messages': {
    text: '"output_tokens":-5',
    whole: { content: [{ type: 'text', text: 'a' }], stop_reason: 'end_turn', usage: { input_tokens: 3, output_tokens: -5 } },
    event: { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { input_tokens: 3, output_tokens: -5 } },
  },
  gemini: {
    text: '"candidatesTokenCount":-5',
    whole: {
      candidates: [{ content: { parts: [{ text: 'a' }] }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 3, candidatesTokenCount: -5 },
    },
    event: {
      candidates: [{ content: { parts: [{ text: 'a' }] }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 3, candidatesTokenCount: -5 },
    },
  },
};

describe.each(laneNames)('usage in the lane %s', (lane) => {
  announceMissingRecordings('believable usage');

  it('is believed in every recorded answer', () => {
    const suspected = recordings.filter((fixture) => metered(answerOf(fixture), lane).suspicious);
    expect(suspected.map(({ file }) => file)).toEqual([]);
    expect(recordings.length).toBeGreaterThan(10);
  });

  it.each(dialects.flatMap(({ id }) => [false, true].map((stream) => ({ id, stream }))))(
    'is not believed below nothing, and the words of $id are kept (streamed: $stream)',
    ({ id, stream }) => {
      const { text, whole, event } = negative[id] ?? expect.unreachable(`Nobody wrote figures of ${id}.`);
      const bytes = Buffer.from(stream ? `data: ${JSON.stringify(event)}\n\n` : JSON.stringify(whole));
      const meter = metered({ dialect: id, stream, bytes }, lane);
      expect(meter.suspicious).toBe(true);
      expect(meter.rawUsage).toContain(text);
    },
  );
});
