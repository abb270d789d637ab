import { describe, expect, it } from 'vitest';
import { inRatios } from './dollar-fields.js';
import { modelPriceOf } from './model-price.js';

const priceOf = (fields: Parameters<typeof inRatios>[0]) => modelPriceOf(inRatios(fields));

describe('a price in dollars per million tokens', () => {
  it('is stored as the ratios that it is another view of', () => {
    const ratios = priceOf({ modelRatio: '1.25', completionRatio: '4' });
    expect(priceOf({ inputPrice: '2.5', outputPrice: '10' })).toEqual(ratios);
    expect(priceOf({ modelRatio: '1.25', outputPrice: '10' })).toEqual(ratios);
    expect(priceOf({ inputPrice: '2.5', completionRatio: '4' })).toEqual(ratios);
    expect(priceOf({ inputPrice: '2.5' })).toEqual(priceOf({ modelRatio: '1.25' }));
    expect(priceOf({})).toBeUndefined();
  });

  it('is refused in both views at once, with the names of the fields', () => {
    expect(() => priceOf({ inputPrice: '2', modelRatio: '1' })).toThrow('inputPrice and modelRatio exclude each other');
    expect(() => priceOf({ inputPrice: '2', outputPrice: '2', completionRatio: '1' })).toThrow(
      'outputPrice and completionRatio exclude each',
    );
    expect(() => priceOf({ outputPrice: '2' })).toThrow('outputPrice says nothing without');
    expect(() => priceOf({ inputPrice: '2', pricePerCall: '1', imagePrices: [{ price: '1' }] })).toThrow('exclude each other');
  });

  it('is refused where output would cost something and input nothing', () => {
    expect(() => priceOf({ inputPrice: '0', outputPrice: '10' })).toThrow('outputPrice cannot be above 0');
    expect(() => priceOf({ modelRatio: '0', outputPrice: '10' })).toThrow('outputPrice cannot be above 0');
    expect(() => priceOf({ modelRatio: '0', completionRatio: '4' })).toThrow('completionRatio says nothing where the input is free');
    for (const free of [{ modelRatio: '0' }, { inputPrice: '0', outputPrice: '0' }, { modelRatio: '0', completionRatio: '1' }])
      expect(priceOf(free)).toMatchObject({ modelRatio: '0' });
  });
});
