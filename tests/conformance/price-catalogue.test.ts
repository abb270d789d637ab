import { claude } from '@tollgate/adapter-claude';
import { geminiProvider } from '@tollgate/adapter-gemini';
import { openai, openaiCompatible } from '@tollgate/adapter-openai';
import type { DollarsPerMillion, PriceHint, PriceList } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';

const lists: readonly PriceList[] = [openai, openaiCompatible, claude, geminiProvider].flatMap(({ prices }) => prices ?? []);
const hints: readonly (readonly [string, PriceHint])[] = lists.flatMap((list) =>
  list.models.map((hint) => [`${list.vendor}: ${hint.model}`, hint] as const),
);
const today = '2026-12-31';

function tables(hint: PriceHint): readonly DollarsPerMillion[] {
  const { dollarsPerMillion, longContext = [], hours = [] } = hint;
  return [
    ...(dollarsPerMillion === undefined ? [] : [dollarsPerMillion]),
    ...longContext.map((tier) => tier.dollarsPerMillion),
    ...hours.map((at) => at.dollarsPerMillion),
  ];
}

function hintOf(vendor: string, model: string): PriceHint | undefined {
  return lists.find((list) => list.vendor === vendor)?.models.find((hint) => hint.model === model);
}

describe('the price catalogue', () => {
  it('knows at least 150 models', () => expect(hints.length).toBeGreaterThanOrEqual(150));

  it('names each vendor once, and each model once at a host', () => {
    const vendors = lists.map(({ vendor }) => vendor);
    expect(new Set(vendors).size).toBe(vendors.length);
    const places = lists.flatMap((list) =>
      (list.hosts ?? [list.vendor]).flatMap((host) =>
        list.models.flatMap(({ model, alsoNamed = [] }) => [model, ...alsoNamed].map((name) => `${host} ${name}`)),
      ),
    );
    expect(places.filter((place, index) => places.indexOf(place) !== index)).toEqual([]);
  });

  it('is of days that were', () => {
    const days = lists.flatMap((list) => [list.asOf, ...list.models.flatMap(({ asOf }) => asOf ?? [])]);
    expect(days.filter((day) => day < '2025-01-01' || day > today)).toEqual([]);
  });

  it.each(hints)('asks a plausible price for %s', (_title, hint) => {
    for (const table of tables(hint)) {
      const { inputText = 0, inputCacheRead, inputCacheWrite5m, inputCacheWrite1h, outputText } = table;
      expect(inputText).toBeGreaterThan(0);
      expect(inputText).toBeLessThanOrEqual(200);
      expect(outputText ?? 0).toBeLessThanOrEqual(1_000);
      expect((outputText ?? inputText) / inputText).toBeGreaterThanOrEqual(0.5);
      expect((outputText ?? inputText) / inputText).toBeLessThanOrEqual(30);
      if (inputCacheRead !== undefined) expect(inputCacheRead).toBeLessThanOrEqual(inputText);
      if (inputCacheWrite5m !== undefined) expect(inputCacheWrite5m / inputText).toBeLessThanOrEqual(2);
      if (inputCacheWrite1h !== undefined) expect(inputCacheWrite1h / inputText).toBe(2);
    }
    for (const longer of hint.longContext ?? [])
      expect(longer.dollarsPerMillion.inputText).toBeGreaterThan(hint.dollarsPerMillion?.inputText ?? 0);
    for (const { dollars } of [...(hint.dollarsPerImage ?? []), ...(hint.dollarsPerSecond ?? [])]) expect(dollars).toBeLessThanOrEqual(10);
  });

  it.each([
    ['OpenAI', 'gpt-4o', { inputText: 2.5, inputCacheRead: 1.25, outputText: 10 }],
    ['OpenAI', 'gpt-4.1', { inputText: 2, inputCacheRead: 0.5, outputText: 8 }],
    ['OpenAI', 'o4-mini', { inputText: 1.1, inputCacheRead: 0.275, outputText: 4.4 }],
    ['Anthropic', 'claude-opus-4-5', { inputText: 5, inputCacheRead: 0.5, inputCacheWrite5m: 6.25, inputCacheWrite1h: 10, outputText: 25 }],
    ['Google', 'gemini-2.5-flash', { inputText: 0.3, inputCacheRead: 0.03, inputAudio: 1, outputText: 2.5 }],
  ])('has what %s prints for %s', (vendor, model, dollarsPerMillion) => {
    expect(hintOf(vendor, model)).toMatchObject({ dollarsPerMillion });
  });
});
