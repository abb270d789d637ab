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
    [{ thinking: { type: 'enabled', budget_tokens: 3000 } }, { mode: 'on', budgetTokens: 3000 }],
    [{ thinking: { type: 'disabled' } }, { mode: 'off' }],
    [
      { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } },
      { mode: 'auto', effort: 'low' },
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
    expect(decodeThinking({ thinking: { type: 'adaptive', display: 'omitted' }, output_config: { effort: 'xhigh' } }, context)).toEqual({
      mode: 'auto',
      effort: 'max',
    });
    expect(context.lostFields()).toEqual(['output_config.effort', 'thinking.display']);
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
      thinking: { type: 'enabled', budget_tokens: 4095 },
      lost: [],
    });
    expect(encode({ mode: 'on', budgetTokens: 10 })).toEqual({
      thinking: { type: 'enabled', budget_tokens: 1024 },
      lost: ['thinking.budget_tokens'],
    });
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
});
