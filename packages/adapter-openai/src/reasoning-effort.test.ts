import { describe, expect, it } from 'vitest';
import { readEffort, writeEffort } from './reasoning-effort.js';
import { refusalOf } from './testing/refused.js';
import { testContext } from './testing/test-context.js';

describe('an effort', () => {
  it.each([
    ['gpt-5', ['minimal', 'low', 'medium', 'high']],
    ['gpt-5.2', ['none', 'low', 'medium', 'high', 'xhigh']],
    ['o3', ['low', 'medium', 'high']],
    ['some-model', ['low', 'medium', 'high']],
  ])('that %s knows comes back as it was', (model, efforts) => {
    const context = testContext();
    for (const effort of efforts) expect(writeEffort(readEffort(effort, 'effort'), model, context)).toBe(effort);
    expect(context.losses).toEqual([]);
  });

  it('that is not stated asks for nothing', () => {
    const context = testContext();
    for (const nothing of [undefined, null]) expect(writeEffort(readEffort(nothing, 'effort'), 'gpt-5', context)).toBeUndefined();
    expect(context.losses).toEqual([]);
  });

  it.each(['', 'extreme', 'None', 3, true, {}, ['low'], 'constructor'])('of %j is refused by its name', (value) => {
    expect(() => readEffort(value, 'reasoning_effort')).toThrow(refusalOf('reasoning_effort'));
  });

  it('counts more than a budget, which only stands in for it', () => {
    const context = testContext();
    expect(writeEffort({ mode: 'on', effort: 'low', budgetTokens: 30_000 }, 'gpt-5', context)).toBe('low');
    expect(context.lostFields()).toEqual(['thinking.budgetTokens']);
  });

  it('does not shrink while its budget grows', () => {
    const degrees = ['low', 'medium', 'high'];
    const written = [1, 1_024, 2_048, 2_049, 8_192, 8_193, 64_000].map((budgetTokens) =>
      degrees.indexOf(writeEffort({ mode: 'on', budgetTokens }, 'gpt-5', testContext()) ?? ''),
    );
    expect(written).toEqual([...written].sort((one, other) => one - other));
    expect(new Set(written)).toEqual(new Set([0, 1, 2]));
  });
});
