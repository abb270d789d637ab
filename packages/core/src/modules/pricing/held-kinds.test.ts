import { emptyUsage, inputTokens, type OutputKind, outputTokens, type Usage } from '@tollgate/plugin-kit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pointsText } from '../../foundation/millipoints.js';
import { compileRate } from './compile-rate.js';
import { costOf, estimateOf, type ExpectedUsage, type InputKinds } from './cost.js';
import { type ModelPriceFields, modelPriceOf } from './model-price.js';
import type { Rate } from './rate.js';

function rateOf(fields: ModelPriceFields): Rate {
  const price = modelPriceOf(fields);
  if (price === undefined) throw new Error('no price');
  return compileRate({ model: 'm', group: 'default', groupRatio: '1', groupRatioSource: 'group', price, priceSource: 'manual' });
}

/** One point a token of text, as the published prices of a model that speaks have it. */
const speaking = rateOf({ modelRatio: '1', completionRatio: '4', audioRatio: '12', audioCompletionRatio: '2' });
const painting = rateOf({ modelRatio: '1', completionRatio: '4', imageRatio: '2', imageCompletionRatio: '30' });
const caching = rateOf({ modelRatio: '1', completionRatio: '4', cacheWriteRatio: '1.25', cacheWrite1hRatio: '2' });

const textAlone: InputKinds = { audio: 0, image: 0, unknown: 0, cacheWrite: undefined };

function held(rate: Rate, kinds: Partial<InputKinds>, more: Partial<ExpectedUsage> = {}): string {
  return pointsText(estimateOf(rate, { inputTokens: 100, outputTokens: 0, input: { ...textAlone, ...kinds }, ...more }));
}

/** An estimate that is right in every figure. */
function expectedOf(usage: Usage, cacheWrite: InputKinds['cacheWrite'], outputKinds: readonly OutputKind[] | undefined): ExpectedUsage {
  const input = { audio: usage.inputAudio, image: usage.inputImage, unknown: 0, cacheWrite };
  return { inputTokens: inputTokens(usage), input, outputTokens: outputTokens(usage), outputKinds };
}

describe('what is held for a call', () => {
  it('is its input by kinds', () => {
    expect(held(speaking, {})).toBe('100');
    expect(held(speaking, { audio: 30 })).toBe('430');
    expect(held(painting, { image: 40 })).toBe('140');
    expect(held(speaking, { image: 40 })).toBe('100');
  });

  it('is the dearest kind for input of which nobody knows what it is', () => {
    expect(held(speaking, { unknown: 10 })).toBe('210');
    expect(held(painting, { unknown: 10 })).toBe('110');
  });

  it('is the price of the cache for input that may be written there', () => {
    expect(held(caching, { cacheWrite: '5m' })).toBe('125');
    expect(held(caching, { cacheWrite: '1h', image: 50 })).toBe('200');
    expect(held(rateOf({ modelRatio: '1', cacheWriteRatio: '0.5' }), { cacheWrite: '5m' })).toBe('100');
  });

  it('is the dearest output that is asked for, or that comes unasked', () => {
    const output = (rate: Rate, outputKinds?: readonly OutputKind[]) =>
      pointsText(estimateOf(rate, { inputTokens: 0, outputTokens: 10, outputKinds }));
    expect(output(speaking)).toBe('40');
    expect(output(speaking, ['text', 'audio'])).toBe('240');
    expect(output(painting)).toBe('300');
    expect(output(painting, ['text', 'image'])).toBe('300');
    expect(output(painting, ['text'])).toBe('40');
  });

  it('is never below all tokens at the price of input', () => {
    const cheapMedia = rateOf({
      modelRatio: '1',
      completionRatio: '0.5',
      audioRatio: '0.1',
      imageRatio: '0.1',
      imageCompletionRatio: '0.1',
    });
    expect(held(cheapMedia, { audio: 50, image: 40, unknown: 10 }, { outputTokens: 20, outputKinds: ['audio'] })).toBe('120');
    expect(held(speaking, { audio: 500, image: 500 })).toBe('6500');
  });

  const decimal = fc.integer({ min: 0, max: 40_000 }).map((scaled) => (scaled / 1_000).toFixed(3));
  const ratios = fc.record({
    modelRatio: decimal,
    completionRatio: decimal,
    cacheWriteRatio: decimal,
    cacheWrite1hRatio: decimal,
    imageRatio: decimal,
    imageCompletionRatio: decimal,
    audioRatio: decimal,
    audioCompletionRatio: decimal,
  });
  const rates = fc.tuple(ratios, ratios).map(([base, tier]) => rateOf({ ...base, tiers: [{ inputTokensAbove: 1_000, ...tier }] }));
  const count = fc.nat(2_000);

  it.each<[string, InputKinds['cacheWrite'], readonly OutputKind[] | undefined, readonly (keyof Usage)[]]>([
    ['text', undefined, ['text'], ['inputText', 'inputCacheRead', 'inputServerTool', 'outputText', 'outputReasoning']],
    ['sound that is heard', undefined, ['text'], ['inputText', 'inputAudio', 'outputText']],
    ['sound that is said', undefined, ['audio'], ['inputText', 'inputAudio', 'outputText', 'outputAudio']],
    ['pictures that are seen', undefined, ['text'], ['inputText', 'inputImage', 'outputText']],
    ['pictures that are made unasked', undefined, undefined, ['inputText', 'inputImage', 'outputText', 'outputImage']],
    ['everything', undefined, ['text', 'audio', 'image'], ['inputText', 'inputAudio', 'inputImage', 'outputAudio', 'outputImage']],
    ['a cache of minutes', '5m', ['text'], ['inputText', 'inputImage', 'inputCacheWrite5m', 'outputText']],
    ['a cache of an hour', '1h', ['text'], ['inputText', 'inputCacheWrite5m', 'inputCacheWrite1h', 'outputText']],
  ])('is enough for what was expected rightly: %s', (_, cacheWrite, outputKinds, buckets) => {
    const usages = fc.array(count, { minLength: buckets.length, maxLength: buckets.length }).map((counts): Usage => {
      const stated = Object.fromEntries(buckets.map((bucket, index) => [bucket, counts[index] ?? 0]));
      return { ...emptyUsage(), ...stated };
    });
    fc.assert(
      fc.property(rates, usages, (rate, usage) => {
        expect(estimateOf(rate, expectedOf(usage, cacheWrite, outputKinds)) >= costOf(rate, usage)).toBe(true);
      }),
    );
  });
});
