import { type JsonObject, unsealed, wrapPlacedSeal, wrapSeal } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { testContext } from '../testing/test-context.js';
import { removeAllSeals, removeForeignSeals } from './foreign-seals.js';

const google = { vendor: 'google', value: 'g' };
const own = { type: 'thinking', thinking: 'Mine.', signature: 'EqQB+/=' };
const foreign = [
  { type: 'thinking', thinking: 'Theirs.', signature: wrapSeal(google) },
  { type: 'thinking', thinking: 'Nobody sealed it.', signature: unsealed },
  { type: 'redacted_thinking', data: wrapSeal(google) },
  { type: 'redacted_thinking', data: wrapPlacedSeal(google, { callId: 'a' }) },
];
const call = { type: 'tool_use', id: 'a', name: 'x', input: {} };
const result = { type: 'tool_result', tool_use_id: 'a', content: 'ok' };

function history(...answer: readonly object[]): JsonObject {
  return {
    thinking: { type: 'enabled', budget_tokens: 2_000 },
    messages: [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: answer },
      { role: 'user', content: [result] },
    ],
  };
}

function answerIn(body: JsonObject): unknown {
  return (body['messages'] as { content: unknown }[])[1]?.content;
}

describe('a history with answers of other vendors', () => {
  it('keeps what the vendor signed itself, and nothing else that is sealed', () => {
    const body = history(own, ...foreign, call);
    const context = testContext();
    removeForeignSeals(body, context);
    expect(answerIn(body)).toEqual([own, call]);
    expect(body['thinking']).toEqual({ type: 'enabled', budget_tokens: 2_000 });
    expect(context.lostFields()).toEqual(['thinking']);
  });

  it('is not asked to think on where another model called the tools', () => {
    const body = history(...foreign, call);
    const context = testContext();
    removeForeignSeals(body, context);
    expect(answerIn(body)).toEqual([call]);
    expect(body['thinking']).toEqual({ type: 'disabled' });
    expect(context.lostFields()).toEqual(['thinking', 'thinking']);
  });

  it('may think again as soon as the user speaks', () => {
    const body = history(...foreign, call);
    (body['messages'] as unknown[]).push({ role: 'assistant', content: 'Done.' }, { role: 'user', content: 'And now?' });
    removeForeignSeals(body, testContext());
    expect(body['thinking']).toEqual({ type: 'enabled', budget_tokens: 2_000 });
  });

  it('may be anything: what is no history is left alone', () => {
    for (const body of [{}, { messages: 'tg1' }, { messages: [null, { content: [null, 'tg1'] }] }] as JsonObject[]) {
      const before = JSON.stringify(body);
      removeForeignSeals(body, testContext());
      expect(JSON.stringify(body)).toBe(before);
    }
  });
});

describe('a history of which the vendor refused a signature', () => {
  it('loses all thinking, and with it what cannot go on without', () => {
    const body = history(own, foreign[0] ?? {}, { type: 'redacted_thinking', data: 'EqQB' }, call);
    const context = testContext();
    removeAllSeals(body, context);
    expect(answerIn(body)).toEqual([call]);
    expect(body.thinking).toEqual({ type: 'disabled' });
    expect(context.lostFields()).toEqual(['seal', 'thinking']);
  });

  it('loses messages that were nothing but thinking', () => {
    const body = {
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: [own] },
        { role: 'user', content: 'Well?' },
      ],
    };
    removeAllSeals(body, testContext());
    expect(body.messages).toEqual([
      { role: 'user', content: 'Hi' },
      { role: 'user', content: 'Well?' },
    ]);
  });
});
