import type { Thinking } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { canonicalRequest } from '../testing/canonical.js';
import { testContext } from '../testing/test-context.js';
import { decodeThinking, encodeThinking } from './thinking.js';

function encode(thinking: Thinking, model = 'claude-sonnet-4-5', outputTokensMax = 64_000) {
  const context = testContext();
  return { ...encodeThinking(canonicalRequest({ model, thinking }), outputTokensMax, context), lost: context.lostFields() };
}

describe('decodeThinking', () => {
  it.each([
    [{ thinking: { type: 'enabled', budget_tokens: 3000 } }, { mode: 'on', budgetTokens: 3000, shown: true }],
    [{ thinking: { type: 'disabled' } }, { mode: 'off' }],
    [
      { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } },
      { mode: 'auto', effort: 'low', shown: true },
    ],
    [{ thinking: { type: 'enabled', budget_tokens: 3000, display: 'omitted' } }, { mode: 'on', budgetTokens: 3000, shown: false }],
    [
      { model: 'claude-opus-4-8', thinking: { type: 'adaptive', display: 'summarized' } },
      { mode: 'auto', shown: true },
    ],
    // Who says nothing expects what the model does that it names.
    [
      { model: 'claude-opus-4-8', thinking: { type: 'adaptive' } },
      { mode: 'auto', shown: false },
    ],
    [
      { model: 'gpt-5', thinking: { type: 'adaptive', display: null } },
      { mode: 'auto', shown: true },
    ],
    [{ output_config: { effort: 'high' } }, { mode: 'auto', effort: 'high' }],
    [{ thinking: { type: 'something_new' } }, undefined],
    [{}, undefined],
  ])('%j', (body, thinking) => {
    const context = testContext();
    expect(decodeThinking(body, context)).toEqual(thinking);
    expect(context.losses).toEqual([]);
  });

  it('says what it cannot carry', () => {
    const context = testContext();
    expect(decodeThinking({ thinking: { type: 'adaptive', whim: 1 }, output_config: { effort: 'xhigh' } }, context)).toEqual({
      mode: 'auto',
      effort: 'max',
      shown: true,
    });
    expect(context.lostFields()).toEqual(['output_config.effort', 'thinking.whim']);
  });
});

describe('encodeThinking', () => {
  it('gives older models a budget', () => {
    expect(encode({ mode: 'on', budgetTokens: 3000 })).toEqual({ thinking: { type: 'enabled', budget_tokens: 3000 }, lost: [] });
    expect(encode({ mode: 'on', effort: 'high' })).toEqual({ thinking: { type: 'enabled', budget_tokens: 16_384 }, lost: [] });
    expect(encode({ mode: 'off' })).toEqual({ thinking: { type: 'disabled' }, lost: [] });
  });

  it('keeps the budget between the least that is allowed and the limit on output', () => {
    expect(encode({ mode: 'on', effort: 'high' }, undefined, 4096)).toEqual({
      thinking: { type: 'enabled', budget_tokens: 3276 },
      lost: [],
    });
    expect(encode({ mode: 'on', budgetTokens: 10 })).toEqual({
      thinking: { type: 'enabled', budget_tokens: 1024 },
      lost: ['thinking.budget_tokens'],
    });
    // What the caller states is kept as far as it goes; what is chosen for it leaves room for the answer.
    expect(encode({ mode: 'on', budgetTokens: 4000 }, undefined, 4096)).toMatchObject({ thinking: { budget_tokens: 4000 }, lost: [] });
    expect(encode({ mode: 'on', effort: 'low' }, undefined, 1200)).toMatchObject({ thinking: { budget_tokens: 1024 }, lost: [] });
    expect(encode({ mode: 'on', effort: 'low' }, undefined, 1000)).toEqual({ lost: ['thinking'] });
  });

  it('gives newer models an effort', () => {
    expect(encode({ mode: 'on', effort: 'minimal' }, 'claude-opus-4-7')).toEqual({
      thinking: { type: 'adaptive' },
      effort: 'low',
      lost: [],
    });
    expect(encode({ mode: 'on', budgetTokens: 3000 }, 'claude-opus-4-7')).toEqual({
      thinking: { type: 'adaptive' },
      lost: ['thinking.budget_tokens'],
    });
  });

  it.each<[string, boolean | undefined, object]>([
    ['claude-sonnet-4-5', true, {}],
    ['claude-sonnet-4-5', undefined, {}],
    ['claude-sonnet-4-5', false, { display: 'omitted' }],
    ['claude-opus-4-6', false, { display: 'omitted' }],
    ['claude-opus-4-7', true, { display: 'summarized' }],
    ['claude-opus-4-7', undefined, {}],
    ['claude-opus-4-7', false, {}],
    ['claude-3-7-sonnet-20250219', false, {}],
    ['glm-5', false, {}],
    ['glm-5', true, {}],
  ])('asks %s to show what it thinks (%s) where it would do otherwise', (model, shown, display) => {
    const { thinking } = encode({ mode: 'on', ...(shown === undefined ? {} : { shown }) }, model);
    const { type: _type, ...rest } = thinking ?? { type: undefined };
    expect({ ...rest, budget_tokens: 0 }).toEqual({ ...display, budget_tokens: 0 });
  });
});
