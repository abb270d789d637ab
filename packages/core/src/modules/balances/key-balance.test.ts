import { describe, expect, it } from 'vitest';
import { amountText, channelBalanceOf, type KeyBalance } from './key-balance.js';

describe('amounts', () => {
  it.each([
    [0, '0.00'],
    [12_500_000, '12.50'],
    [1, '0.000001'],
    [-1, '-0.000001'],
    [-12_345_600, '-12.3456'],
    [Number.MAX_SAFE_INTEGER, '9007199254.740991'],
  ])('are told exactly: %d', (micros, text) => {
    expect(amountText(micros)).toBe(text);
  });
});

describe('the balance of a channel', () => {
  const stated = (keyId: string, at: number, ...amounts: readonly (readonly [number, string])[]): KeyBalance => ({
    keyId,
    askedAt: at,
    stated: { at, balance: { amounts: amounts.map(([micros, currency]) => ({ micros, currency })) } },
  });
  const failure = { code: 'upstream_timeout', message: 'Late.' };

  it('is unknown before anybody has asked', () => {
    expect(channelBalanceOf([])).toBeUndefined();
  });

  it('sums its keys in each currency, and tells of those that have no end or failed', () => {
    const keys: readonly KeyBalance[] = [
      stated('a', 5, [10, 'USD'], [7, 'CNY']),
      { ...stated('b', 4, [-3, 'USD']), askedAt: 9, failure },
      { keyId: 'c', askedAt: 2, stated: { at: 2, balance: { amounts: [], unlimited: true } } },
      { keyId: 'd', askedAt: 3, failure },
    ];
    expect(channelBalanceOf(keys)).toEqual({
      askedAt: 9,
      sums: [
        { currency: 'USD', totalMicros: 7, lowestMicros: -3 },
        { currency: 'CNY', totalMicros: 7, lowestMicros: 7 },
      ],
      unlimited: 1,
      failed: 2,
      failure,
    });
  });

  it('stays exact or at the bound where sums go beyond what is', () => {
    const { sums } = channelBalanceOf([stated('a', 1, [Number.MAX_SAFE_INTEGER, 'USD']), stated('b', 1, [5, 'USD'])]) ?? {};
    expect(sums).toEqual([{ currency: 'USD', totalMicros: Number.MAX_SAFE_INTEGER, lowestMicros: 5 }]);
  });
});
