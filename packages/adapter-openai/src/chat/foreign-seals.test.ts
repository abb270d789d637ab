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

  const claudeDetail = { type: 'reasoning.text', text: 'Hm.', signature: 'EqQB', format: 'anthropic-claude-v1', index: 0 };

  it('keeps the seals of the vendor whose model the upstream serves, in the words of its resellers', () => {
    const google = wrapSeal({ vendor: 'google', value: 'CqQB' });
    const history = (): JsonObject => ({
      messages: [
        {
          role: 'assistant',
          reasoning_details: [
            { type: 'reasoning.text', text: 'Hm.', signature: wrapped, index: 0 },
            { type: 'reasoning.encrypted', data: wrapped, index: 1 },
          ],
          tool_calls: [{ id: 'a', extra_content: { google: { thought_signature: google } } }],
        },
      ],
    });
    const [atClaude, atGoogle] = [history(), history()];
    foreignSeals.remove(atClaude, testContext({ id: 'anthropic/claude-sonnet-4.5' }));
    expect(atClaude['messages']).toEqual([
      {
        role: 'assistant',
        reasoning_details: [claudeDetail, { type: 'reasoning.encrypted', data: 'EqQB', format: 'anthropic-claude-v1', index: 1 }],
        tool_calls: [{ id: 'a' }],
      },
    ]);
    const context = testContext({ id: 'gemini-3-pro' });
    foreignSeals.remove(atGoogle, context);
    expect(atGoogle['messages']).toEqual([
      { role: 'assistant', tool_calls: [{ id: 'a', extra_content: { google: { thought_signature: 'CqQB' } } }] },
    ]);
    expect(context.losses.map(({ field }) => field)).toEqual(['seal']);
  });

  it('loses every seal once the upstream has refused one', () => {
    const call = { id: 'a', extra_content: { google: { thought_signature: 'own' } } };
    const said = { type: 'reasoning.summary', summary: 'Hm.' };
    const history = (): JsonObject => ({
      messages: [{ role: 'assistant', reasoning_details: [claudeDetail, said], tool_calls: [{ ...call }] }],
    });
    const [body, atGoogle] = [history(), history()];
    foreignSeals.removeAll(body, testContext());
    expect(body['messages']).toEqual([{ role: 'assistant', reasoning_details: [said], tool_calls: [{ id: 'a' }] }]);
    foreignSeals.removeAll(atGoogle, testContext({ id: 'gemini-3-pro' }));
    expect(JSON.stringify(atGoogle)).toContain('skip_thought_signature_validator');
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
