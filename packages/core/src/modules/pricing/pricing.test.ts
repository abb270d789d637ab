import { emptyUsage, type Usage, type UsageBucket, usageBuckets } from '@tollgate/plugin-kit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { millipointsMax, pointsText } from '../../foundation/millipoints.js';
import { compileRate } from './compile-rate.js';
import { costOf, estimateOf } from './cost.js';
import { decimalOf } from './decimal.js';
import { decimalSchema, type ModelPriceFields, modelPriceOf } from './model-price.js';
import type { Rate } from './rate.js';

function rateOf(fields: ModelPriceFields, groupRatio = '1'): Rate {
  const price = modelPriceOf(fields);
  if (price === undefined) throw new Error('no price');
  return compileRate({ model: 'm', group: 'default', groupRatio, groupRatioSource: 'group', price, priceSource: 'manual' });
}

function pointsOf(rate: Rate, usage: Partial<Usage>): string {
  return pointsText(costOf(rate, { ...emptyUsage(), ...usage }));
}

describe('price, worked examples of the product documents', () => {
  it('charges 30,000 points for 1,000 + 500 tokens at ratio 15, completion 2', () => {
    expect(pointsOf(rateOf({ modelRatio: '15', completionRatio: '2' }), { inputText: 1_000, outputText: 500 })).toBe('30000');
  });

  it('charges 416.25 points for 2,000 + 1,000 tokens at ratio 0.25, completion 1.33, group 0.5', () => {
    const rate = rateOf({ modelRatio: '0.25', completionRatio: '1.33' }, '0.5');
    expect(pointsOf(rate, { inputText: 2_000, outputText: 1_000 })).toBe('416.25');
  });

  it('charges 10,000 points for a call at 0.02 dollars, whatever it used', () => {
    expect(pointsOf(rateOf({ pricePerCall: '0.02' }), {})).toBe('10000');
    expect(pointsOf(rateOf({ pricePerCall: '0.02' }), { inputText: 5_000, outputImage: 9 })).toBe('10000');
  });
});

describe('price', () => {
  it('charges cached input at its own ratio', () => {
    const rate = rateOf({ modelRatio: '1.25', completionRatio: '4', cacheRatio: '0.5' });
    expect(pointsOf(rate, { inputText: 400, inputCacheRead: 600, outputText: 100 })).toBe('1375');
  });

  it('charges cache writes by lifetime, the hour at 1.6 times five minutes unless stated', () => {
    const rate = rateOf({ modelRatio: '1.5', completionRatio: '5', cacheRatio: '0.1' });
    const usage = { inputText: 100, inputCacheRead: 1_000, inputCacheWrite5m: 200, inputCacheWrite1h: 50, outputText: 300 };
    expect(pointsOf(rate, usage)).toBe('3075');
    expect(pointsOf(rateOf({ modelRatio: '1', cacheWrite1hRatio: '3' }), { inputCacheWrite1h: 10 })).toBe('30');
  });

  it('charges cache writes without a lifetime as five minutes', () => {
    const rate = rateOf({ modelRatio: '1.5', completionRatio: '5', cacheRatio: '0.1' });
    expect(pointsOf(rate, { inputText: 100, inputCacheRead: 1_000, inputCacheWrite5m: 250, outputText: 300 })).toBe('3018.75');
  });

  it('charges image input at the image ratio and generated images as output', () => {
    const rate = rateOf({ modelRatio: '2.5', completionRatio: '8', imageRatio: '2' });
    expect(pointsOf(rate, { inputText: 50, inputImage: 100, outputImage: 1_000 })).toBe('20625');
  });

  it('charges audio by the audio formula', () => {
    const rate = rateOf({ modelRatio: '2.5', completionRatio: '4', audioRatio: '8', audioCompletionRatio: '2' });
    expect(pointsOf(rate, { inputText: 100, outputText: 50, inputAudio: 200, outputAudio: 80 })).toBe('7950');
  });

  it('charges reasoning like output and tool results like input', () => {
    const rate = rateOf({ modelRatio: '1', completionRatio: '3' });
    expect(pointsOf(rate, { outputReasoning: 10, inputServerTool: 7 })).toBe('37');
  });

  it('multiplies by the group ratio', () => {
    expect(pointsOf(rateOf({ modelRatio: '15', completionRatio: '2' }, '0.5'), { inputText: 1_000, outputText: 500 })).toBe('15000');
    expect(pointsOf(rateOf({ modelRatio: '15', completionRatio: '2' }, '0.8'), { inputText: 1_000, outputText: 500 })).toBe('24000');
    expect(pointsOf(rateOf({ pricePerCall: '0.02' }, '2'), {})).toBe('20000');
    expect(pointsOf(rateOf({ modelRatio: '15' }, '0'), { inputText: 1_000 })).toBe('0');
  });

  it('never rounds a price to nothing, and charges nothing for nothing', () => {
    expect(costOf(rateOf({ modelRatio: '0.0000001' }), { ...emptyUsage(), inputText: 1 })).toBe(1n);
    expect(pointsOf(rateOf({ modelRatio: '15' }), {})).toBe('0');
  });

  it('rounds half up, once, at the end', () => {
    const rate = rateOf({ modelRatio: '0.0005' });
    expect(costOf(rate, { ...emptyUsage(), inputText: 1 })).toBe(1n);
    expect(costOf(rate, { ...emptyUsage(), inputText: 3, outputText: 2 })).toBe(3n);
    expect(costOf(rate, { ...emptyUsage(), inputText: 4, outputText: 4 })).toBe(4n);
  });

  it('bounds what a broken upstream can claim to an amount that can be booked', () => {
    const rate = rateOf({ modelRatio: '1000000', completionRatio: '1000000' }, '1000000');
    expect(costOf(rate, { ...emptyUsage(), outputText: 1e300 })).toBe(millipointsMax);
    expect(estimateOf(rate, { inputTokens: 0, outputTokens: 1e300 })).toBe(millipointsMax);
    expect(costOf(rateOf({ pricePerCall: '999999999999' }, '999999999999'), emptyUsage())).toBe(millipointsMax);
  });

  it('takes counts that are no counts for none', () => {
    const usage = { ...emptyUsage(), inputText: Number.NaN, outputText: -5, outputReasoning: Number.POSITIVE_INFINITY };
    expect(costOf(rateOf({ modelRatio: '1' }), usage)).toBe(0n);
  });
});

describe('estimate', () => {
  it('weighs output by its ratio', () => {
    expect(pointsText(estimateOf(rateOf({ modelRatio: '2', completionRatio: '3' }), { inputTokens: 100, outputTokens: 10 }))).toBe('260');
  });

  it('is never below tokens × model ratio × group ratio', () => {
    const rate = rateOf({ modelRatio: '2', completionRatio: '0.5' }, '0.5');
    expect(pointsText(estimateOf(rate, { inputTokens: 100, outputTokens: 10 }))).toBe('110');
  });

  it('is the price of the call where it is priced by call', () => {
    expect(pointsText(estimateOf(rateOf({ pricePerCall: '0.02' }), { inputTokens: 100, outputTokens: 10 }))).toBe('10000');
  });
});

describe('decimal', () => {
  it('has one spelling for each number, without floating-point damage', () => {
    expect([0.075, '0.0750', 1e-7, '1E3', 10, '007', '0', 1.33, '2.', '.5'].map(spelling)).toEqual([
      '0.075',
      '0.075',
      '0.0000001',
      '1000',
      '10',
      '7',
      '0',
      '1.33',
      'refused',
      'refused',
    ]);
  });

  it('refuses what is negative, no number or out of range', () => {
    expect([-1, Number.NaN, Number.POSITIVE_INFINITY, '', '1,5', '0x10', '1e30', 1e300, '1e-40', '1'.repeat(13)].map(spelling)).toEqual(
      Array.from({ length: 10 }, () => 'refused'),
    );
  });

  it('names its problem in a schema', () => {
    expect(decimalSchema.safeParse(-1).error?.issues[0]?.message).toBe('"-1" is not a decimal number of zero or more.');
    expect(decimalSchema.parse(0.1)).toBe('0.1');
  });

  it('is read back as the same number', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e9, noNaN: true }).filter((number) => number === 0 || number > 1e-6),
        (number) => {
          const text = spelling(number);
          expect(text === 'refused' || Number(text) === number).toBe(true);
        },
      ),
    );
  });
});

describe('price fields', () => {
  it('state no price if all are left out', () => {
    expect(modelPriceOf({})).toBeUndefined();
  });

  it('let a price per call win over ratios, and say so', () => {
    expect(modelPriceOf({ pricePerCall: '1', completionRatio: '2' })).toEqual({ by: 'call', pricePerCall: '1', conflict: true });
    expect(modelPriceOf({ pricePerCall: '1' })).toEqual({ by: 'call', pricePerCall: '1' });
  });

  it('refuse two kinds of price, and what says nothing by itself', () => {
    expect(() => modelPriceOf({ pricePerCall: '1', imagePrices: [{ price: '1' }] })).toThrow(/pricePerCall and imagePrices exclude/);
    expect(() => modelPriceOf({ modelRatio: '1', secondPrices: [{ price: '1' }] })).toThrow(/secondPrices and modelRatio exclude/);
    expect(() => modelPriceOf({ pricePerSearch: '1', imagePrices: [{ price: '1' }] })).toThrow(/pricePerSearch and imagePrices exclude/);
    expect(() => modelPriceOf({ pricePerSearch: '1', modelRatio: '1' })).toThrow(/pricePerSearch and modelRatio exclude/);
    expect(() => modelPriceOf({ toolFees: { webSearch: '10' } })).toThrow(/toolFees says nothing/);
    expect(() => modelPriceOf({ completionRatio: '2' })).toThrow(/completionRatio says nothing without modelRatio/);
  });
});

describe('price arithmetic', () => {
  /** Small enough for no cost to reach the bound. */
  const decimal = fc.tuple(fc.nat(5), fc.nat(9_999)).map(([whole, fraction]) => decimalOf(`${whole}.${String(fraction).padStart(4, '0')}`));
  /** Every decimal there is: up to 12 digits before the point and 18 behind it. */
  const anyDecimal = fc
    .tuple(fc.bigInt(0n, 10n ** 12n - 1n), fc.bigInt(0n, 10n ** 18n - 1n))
    .map(([whole, fraction]) => decimalOf(`${whole}.${String(fraction).padStart(18, '0')}`));
  /** Counts above are bounded before they are priced. */
  const tokensMax = 1e12;
  const anyTokens = fc.oneof(
    fc.nat(1_000),
    fc.maxSafeNat().map((tokens) => tokens % tokensMax),
    fc.constant(tokensMax),
  );
  const fields = fc.record({
    modelRatio: decimal,
    completionRatio: decimal,
    cacheRatio: decimal,
    cacheWriteRatio: decimal,
    imageRatio: decimal,
    audioRatio: decimal,
    audioCompletionRatio: decimal,
  });
  const rates = fc.tuple(fields, decimal).map(([price, groupRatio]) => rateOf(price, groupRatio));
  const usages = fc.record(
    Object.fromEntries(usageBuckets.map((bucket) => [bucket, fc.nat(10_000_000)])) as Record<UsageBucket, fc.Arbitrary<number>>,
  );

  it('is never negative, and more usage never costs less', () => {
    fc.assert(
      fc.property(rates, usages, fc.constantFrom(...usageBuckets), fc.nat(1_000_000), (rate, usage, bucket, more) => {
        const cost = costOf(rate, usage);
        expect(cost >= 0n).toBe(true);
        expect(costOf(rate, { ...usage, [bucket]: usage[bucket] + more }) >= cost).toBe(true);
      }),
    );
  });

  it('is higher at a higher ratio, of model, output or group, and never lower', () => {
    const one = { inputText: 1_000, outputText: 1_000 };
    const costAt = (modelRatio: string, completionRatio: string, groupRatio: string): bigint =>
      costOf(rateOf({ modelRatio, completionRatio }, groupRatio), { ...emptyUsage(), ...one });
    fc.assert(
      fc.property(decimal, decimal, decimal, fc.constantFrom(0, 1, 2), (model, completion, group, raised) => {
        const ratios = [model, completion, group] as const;
        const higher = ratios.map((ratio, index) => (index === raised ? `${BigInt(ratio.split('.')[0] ?? '0') + 1n}.9999` : ratio));
        const [before, after] = [costAt(...ratios), costAt(...(higher as [string, string, string]))];
        expect(after >= before).toBe(true);
        const others = ratios.filter((_, index) => index !== raised);
        if (others.every((ratio) => Number(ratio) >= 0.01)) expect(after > before).toBe(true);
      }),
    );
  });

  it('is the exact product, rounded half up once, whatever the length of the decimals', () => {
    fc.assert(
      fc.property(anyDecimal, anyDecimal, anyDecimal, anyTokens, anyTokens, (modelRatio, completionRatio, groupRatio, input, output) => {
        const cost = costOf(rateOf({ modelRatio, completionRatio }, groupRatio), { ...emptyUsage(), inputText: input, outputText: output });
        const [model, completion, group] = [modelRatio, completionRatio, groupRatio].map(atEighteenDigits) as [bigint, bigint, bigint];
        const one = 10n ** 18n;
        const exact = (BigInt(input) * one + BigInt(output) * completion) * model * group * 1_000n;
        const unit = one ** 3n;
        const floor = exact / unit;
        const rounded = exact % unit >= unit / 2n ? floor + 1n : floor;
        const expected = rounded === 0n && exact > 0n ? 1n : rounded;
        expect(cost).toBe(expected > millipointsMax ? millipointsMax : expected);
      }),
    );
  });

  it('charges the whole what it charges the parts, but for one rounding each', () => {
    fc.assert(
      fc.property(rates, usages, (rate, usage) => {
        const parts = usageBuckets.filter((bucket) => usage[bucket] > 0);
        const sum = parts.reduce((total, bucket) => total + costOf(rate, { ...emptyUsage(), [bucket]: usage[bucket] }), 0n);
        const difference = sum - costOf(rate, usage);
        expect(difference >= -BigInt(parts.length) && difference <= BigInt(parts.length)).toBe(true);
      }),
    );
  });

  it('scales: a thousand times the usage costs a thousand times as much, but for the rounding', () => {
    fc.assert(
      fc.property(rates, usages, (rate, usage) => {
        const single = costOf(rate, usage);
        const scaled = costOf(rate, Object.fromEntries(usageBuckets.map((bucket) => [bucket, usage[bucket] * 1_000])) as unknown as Usage);
        expect(scaled >= single * 1_000n - 1_000n && scaled <= single * 1_000n + 500n).toBe(true);
      }),
    );
  });
});

function atEighteenDigits(text: string): bigint {
  const [whole = '0', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(18, '0'));
}

function spelling(value: number | string): string {
  try {
    return decimalOf(value);
  } catch {
    return 'refused';
  }
}
