import { type JsonObject, wrapSeal } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { testContext } from '../testing/test-context.js';
import { foreignSeals } from './foreign-seals.js';

const wrapped = wrapSeal({ vendor: 'anthropic', value: 'EqQB' });

describe('a history with answers of other vendors', () => {
  it('loses the seals that the gateway wrote and keeps those of the upstream', () => {
    const own = { type: 'reasoning.text', signature: 'EqQB' };
    const body: JsonObject = {
      messages: [
        { role: 'user', content: 'tg1 is a word here' },
        {
          role: 'assistant',
          reasoning_content: 'Hm.',
          reasoning_details: [own, { type: 'reasoning.text', signature: wrapped }, { type: 'reasoning.encrypted', data: wrapped }],
          tool_calls: [
            { id: 'a', extra_content: { google: { thought_signature: wrapped } } },
            { id: 'b', extra_content: { google: { thought_signature: 'own' } } },
          ],
        },
        { role: 'assistant', content: 'x', reasoning_details: [{ type: 'reasoning.encrypted', data: wrapped }] },
      ],
    };
    const context = testContext();
    foreignSeals.remove(body, context);
    expect(body['messages']).toEqual([
      { role: 'user', content: 'tg1 is a word here' },
      {
        role: 'assistant',
        reasoning_content: 'Hm.',
        reasoning_details: [own],
        tool_calls: [{ id: 'a' }, { id: 'b', extra_content: { google: { thought_signature: 'own' } } }],
      },
      { role: 'assistant', content: 'x' },
    ]);
    expect(context.losses.map(({ field }) => field)).toEqual(['seal']);
  });

  it('may be anything: what is no history is left alone', () => {
    for (const body of [{}, { messages: 'tg1' }, { messages: [null, { tool_calls: [null] }] }] as JsonObject[]) {
      const before = JSON.stringify(body);
      const context = testContext();
      foreignSeals.remove(body, context);
      expect(JSON.stringify(body)).toBe(before);
      expect(context.losses).toEqual([]);
    }
  });
});
