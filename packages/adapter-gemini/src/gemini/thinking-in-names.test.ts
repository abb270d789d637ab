import type { JsonObject } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { testContext } from '../testing/test-context.js';
import { geminiCountTokens } from './count-tokens.js';
import { thinkingInNames } from './thinking-in-names.js';

describe('a way to think in the name of a model', () => {
  it.each([
    ['gemini-2.5-pro-thinking', 'gemini-2.5-pro', { mode: 'on', shown: true }],
    ['gemini-2.5-flash-thinking-1024', 'gemini-2.5-flash', { mode: 'on', budgetTokens: 1_024, shown: true }],
    ['gemini-2.5-flash-thinking-0', 'gemini-2.5-flash', { mode: 'off' }],
    ['gemini-2.5-flash-preview-04-17-nothinking', 'gemini-2.5-flash-preview-04-17', { mode: 'off' }],
    ['google/gemini-3-pro-preview-low', 'google/gemini-3-pro-preview', { mode: 'on', effort: 'low', shown: true }],
  ])('is read from %s', (name, model, thinking) => {
    expect(thinkingInNames.read(name)).toEqual({ model, thinking });
  });

  it.each([
    'gemini-2.5-pro',
    'gemini-2.0-flash-thinking',
    'gemini-2.0-flash-thinking-1219',
    'gemini-2.0-flash-thinking-exp-01-21',
    'gemini-2.5-pro-max',
    'kimi-k2-thinking',
    'gemini-thinking',
    '-thinking',
    '',
  ])('is not looked for in %j', (name) => {
    expect(thinkingInNames.read(name)).toBeUndefined();
  });

  const named = (name: string) => thinkingInNames.read(name) ?? { model: '', thinking: { mode: 'off' as const } };

  it.each<[string, JsonObject, JsonObject, readonly string[]]>([
    ['gemini-2.5-pro-thinking', {}, { generationConfig: { thinkingConfig: { includeThoughts: true } } }, []],
    [
      'gemini-2.5-flash-thinking-99999',
      { generationConfig: { topK: 3 } },
      { generationConfig: { topK: 3, thinkingConfig: { includeThoughts: true, thinkingBudget: 24_576 } } },
      ['thinking.budgetTokens'],
    ],
    [
      'gemini-2.5-flash-nothinking',
      { generation_config: { thinking_config: { thinking_budget: 9, include_thoughts: true } } },
      { generation_config: { thinking_config: { thinkingBudget: 0 } } },
      ['thinking'],
    ],
    [
      'gemini-2.5-pro-nothinking',
      { generationConfig: null },
      { generationConfig: { thinkingConfig: { thinkingBudget: 128 } } },
      ['thinking'],
    ],
    [
      'gemini-3-pro-preview-high',
      { generationConfig: { thinkingConfig: { includeThoughts: false, thinkingLevel: 'HIGH' } } },
      { generationConfig: { thinkingConfig: { thinkingLevel: 'HIGH' } } },
      [],
    ],
  ])('%s is written into %j', (name, body, expected, lost) => {
    const context = testContext();
    const copy = structuredClone(body);
    thinkingInNames.write(copy, named(name), context);
    expect(copy).toEqual(expected);
    expect(context.losses.map(({ field }) => field)).toEqual(lost);
  });

  it('is counted where a whole request is', () => {
    const names = geminiCountTokens.upstream.thinkingInNames;
    const bodies: JsonObject[] = [{ contents: [] }, { generateContentRequest: { contents: [] } }];
    for (const body of bodies) names?.write(body, named('gemini-2.5-flash-nothinking'), testContext());
    expect(bodies).toEqual([
      { contents: [] },
      { generateContentRequest: { contents: [], generationConfig: { thinkingConfig: { thinkingBudget: 0 } } } },
    ]);
  });
});
