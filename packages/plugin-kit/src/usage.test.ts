import { describe, expect, it } from 'vitest';
import { emptyUsage, inputTokens, outputTokens, remainder, tokenCount, type Usage, usageBuckets } from './usage.js';

/** Each bucket with a power of two of its own, so that any sum says what is in it. */
const told = Object.fromEntries(usageBuckets.map((bucket, index) => [bucket, 2 ** index])) as unknown as Usage;

describe('usage', () => {
  it('has a zero in every bucket before anything is counted', () => {
    expect(Object.keys(emptyUsage()).sort()).toEqual([...usageBuckets].sort());
    expect(Object.values(emptyUsage()).every((count) => count === 0)).toBe(true);
  });

  it('is the sum of input and output, every bucket once', () => {
    const input = usageBuckets.filter((bucket) => bucket.startsWith('input'));
    const output = usageBuckets.filter((bucket) => bucket.startsWith('output'));
    expect(inputTokens(told)).toBe(input.reduce((sum, bucket) => sum + told[bucket], 0));
    expect(outputTokens(told)).toBe(output.reduce((sum, bucket) => sum + told[bucket], 0));
    expect(input.length + output.length).toBe(usageBuckets.length);
  });
});

describe('tokenCount', () => {
  it.each([
    [7, 7],
    [7.9, 7],
    [0.5, 0],
    [0, 0],
    [-1, 0],
    [Number.NaN, 0],
    [Number.POSITIVE_INFINITY, 0],
    ['7', 0],
    [null, 0],
    [undefined, 0],
    [1e12, 1e12],
    [1e21, 1e12],
  ])('makes %s the count %s', (value, expected) => {
    expect(tokenCount(value)).toBe(expected);
  });
});

describe('remainder', () => {
  it('takes the parts off the whole, never below zero', () => {
    expect(remainder(10)).toBe(10);
    expect(remainder(10, 3, 4)).toBe(3);
    expect(remainder(10, 8, 4)).toBe(0);
  });
});
