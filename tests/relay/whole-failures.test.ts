import type { JsonObject } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import type { RelayCall, Translation } from '../../packages/core/src/relay/relay-call.js';
import type { Route } from '../../packages/core/src/relay/route.js';
import { UsageMeter } from '../../packages/core/src/relay/usage-meter.js';
import { type WholeAnswer, wholeAnswer } from '../../packages/core/src/relay/whole-answer.js';
import { allFixtures, chatDialects } from '../replay/fixtures.js';
import { wireResponseOf } from '../replay/wire.js';
import { dialectNamed, dialects, repeatableContext } from './dialects.js';

const lanes = ['pass', 'edit', 'translate'] as const;

/** How each vendor says that a call failed, with the usage that some state all the same. */
const failures: Readonly<Record<string, JsonObject>> = {
  'openai-chat': {
    error: { message: 'Busy.', code: 'engine_overloaded' },
    usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 },
  },
  'openai-responses': {
    object: 'response',
    status: 'failed',
    error: { message: 'Busy.', code: 'engine_overloaded' },
    output: [],
    usage: { input_tokens: 9, output_tokens: 2, total_tokens: 11 },
  },
  'claude-messages': { type: 'error', error: { type: 'overloaded_error', message: 'Busy.' }, usage: { input_tokens: 9, output_tokens: 2 } },
  gemini: {
    error: { code: 503, status: 'UNAVAILABLE', message: 'Busy.' },
    usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 2 },
  },
};

function answerIn(lane: (typeof lanes)[number], id: string, bytes: Buffer): { readonly answer: WholeAnswer; readonly meter: UsageMeter } {
  const dialect = dialectNamed(id);
  const call = { requestId: 'request-1', dialect, framing: 'sse', body: Buffer.from('{}'), facts: {} } as unknown as RelayCall;
  const meter = new UsageMeter(dialect, 'sse', call, 10);
  meter.answerBytes = bytes.length;
  const translation = { context: repeatableContext, request: () => ({ model: 'm', turns: [] }) } as unknown as Translation;
  const route = { lane, spoken: { dialect }, model: 'm' } as unknown as Route;
  return { meter, answer: wholeAnswer(call, route, translation, meter, undefined, 'application/json', bytes) };
}

const answers = allFixtures.filter(
  ({ dialect, stream, status, tags }) => chatDialects.has(dialect) && !stream && status === 200 && tags.includes('chat'),
);

describe.each(lanes)('a whole answer in the lane %s', (lane) => {
  it.each(dialects)('is a failed attempt where it is an error of $id', ({ id }) => {
    const { answer, meter } = answerIn(lane, id, Buffer.from(JSON.stringify(failures[id])));
    expect(answer).toMatchObject({ verdict: { kind: 'overloaded', retry: 'other' } });
    expect(meter.statedUsage(), 'what it burnt').toMatchObject({ inputText: 9, outputText: 2 });
  });

  it('is none of the recorded answers', () => {
    const refused = answers.filter(
      ({ dialect, ...fixture }) => 'verdict' in answerIn(lane, dialect, wireResponseOf({ dialect, ...fixture }).body).answer,
    );
    expect(refused.map(({ file }) => file)).toEqual([]);
    expect(answers.length).toBeGreaterThan(5);
  });
});
