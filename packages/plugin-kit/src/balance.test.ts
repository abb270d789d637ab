import { describe, expect, it } from 'vitest';
import { microsIn } from './balance.js';

describe('amounts as vendors write them', () => {
  it.each([
    ['110.00', 110_000_000],
    ['0.88', 880_000],
    [' 7 ', 7_000_000],
    ['-1.5', -1_500_000],
    ['-0.00', 0],
    ['0.0000004', 0],
    ['0.0000005', 1],
    ['-0.0000005', -1],
    ['0.9999995', 1_000_000],
    [25.75, 25_750_000],
    [0.1 + 0.2, 300_000],
    [1e-7, 0],
    [-3, -3_000_000],
    [100_000_000, 100_000_000_000_000],
    ['9007199254.740991', Number.MAX_SAFE_INTEGER],
  ])('are millionths: %j', (stated, micros) => {
    expect(microsIn(stated)).toBe(micros);
  });

  it.each([
    '',
    '-',
    '.5',
    '1.',
    '1e3',
    '1,000.00',
    '$5',
    '9007199254.740992',
    '1'.repeat(40),
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1e21,
    null,
    true,
    {},
    [],
  ])('are not to be guessed: %j', (stated) => {
    expect(microsIn(stated)).toBeUndefined();
  });
});
