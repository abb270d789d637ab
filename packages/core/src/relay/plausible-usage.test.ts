import { describe, expect, it } from 'vitest';
import { boundedUsage } from './plausible-usage.js';

const facts = { requestBytes: 100, answerBytes: 100, refersElsewhere: () => false, outputTokensMax: undefined, searchUnitsMax: undefined };

describe('the figures of an upstream', () => {
  it('are taken as they are while one call can have made them', () => {
    const { usage, isBounded } = boundedUsage({ inputText: 50, outputText: 20, webSearches: 7 }, facts);
    expect(usage).toMatchObject({ inputText: 50, outputText: 20, webSearches: 7 });
    expect(isBounded).toBe(false);
  });

  it('may be as many searches as the request may come to', () => {
    const bounded = (searchUnits: number, searchUnitsMax: number): object => {
      const { usage, isBounded } = boundedUsage({ searchUnits }, { ...facts, searchUnitsMax });
      return { searchUnits: usage.searchUnits, isBounded };
    };
    expect(bounded(4_000, 5_000)).toEqual({ searchUnits: 4_000, isBounded: false });
    expect(bounded(2, 1)).toEqual({ searchUnits: 1, isBounded: true });
  });

  it.each([
    [{ inputText: 1e9 }, { inputText: 65_636 }],
    [{ outputText: 1e9 }, { outputText: 131_172 }],
    [{ webSearches: 1e6 }, { webSearches: 1_000 }],
    [{ searchUnits: 1e6 }, { searchUnits: 1_000 }],
    // Searches of documents bring nothing into the prompt.
    [{ inputText: 9_999_999, searchUnits: 1 }, { inputText: 65_636 }],
  ])('are cut, and said to be, where no call can have made them: %o', (stated, charged) => {
    const { usage, isBounded } = boundedUsage(stated, facts);
    expect(usage).toMatchObject(charged);
    expect(isBounded).toBe(true);
  });
});
