import { describe, expect, it } from 'vitest';
import { modelPriceOf, type ModelPriceFields } from '../pricing/index.js';
import { factsOfPrice, fieldsOfPrice } from './price-facts.js';

const prices: readonly (readonly [string, ModelPriceFields])[] = [
  [
    'tokens',
    { modelRatio: '1.25', completionRatio: '4', cacheRatio: '0.5', audioRatio: '8', audioCompletionRatio: '2', imageCompletionRatio: '12' },
  ],
  [
    'tokens with tiers, hours and fees',
    {
      modelRatio: '1',
      completionRatio: '6',
      tiers: [{ inputTokensAbove: 200_000, modelRatio: '2', completionRatio: '4.5' }],
      windows: [{ timeZone: 'Asia/Shanghai', days: [1, 2], from: '01:00', until: '04:00', factor: '2' }],
      toolFees: { webSearch: '10' },
      toolImages: [{ price: '0.1' }],
    },
  ],
  ['a call', { pricePerCall: '0.1', toolFees: { fileSearch: '2.5' } }],
  ['images', { imagePrices: [{ price: '0.04' }, { size: '1024x1792', quality: 'hd', price: '0.12' }] }],
  ['searches', { pricePerSearch: '0.002' }],
  ['seconds', { secondPrices: [{ price: '0.00005' }, { resolution: '4k', price: '0.6' }] }],
];

describe('the facts of a price', () => {
  it.each(prices)('lose nothing of a price by %s', (_title, fields) => {
    const price = modelPriceOf(fields);
    if (price === undefined) throw new Error('no price');
    expect(modelPriceOf(fieldsOfPrice(price))).toEqual(price);
  });

  it.each([
    [
      0,
      {
        input: '2.5',
        output: '10',
        cacheRead: '1.25',
        cacheWrite: '3.125',
        cacheWrite1h: '5',
        imageInput: '2.5',
        imageOutput: '30',
        audioInput: '20',
        audioOutput: '40',
      },
    ],
    [
      1,
      {
        input: '2',
        output: '12',
        'input above 200000': '4',
        'output above 200000': '18',
        '1000 webSearch': '10',
        'from 01:00 until 04:00 Asia/Shanghai on 1, 2': '2',
      },
    ],
    [2, { call: '0.1', '1000 fileSearch': '2.5' }],
    [3, { image: '0.04', 'image 1024x1792 hd': '0.12' }],
    [4, { search: '0.002' }],
    [5, { second: '0.00005', 'second 4k': '0.6' }],
  ] as const)('are dollars (%i)', (index, facts) => {
    const price = modelPriceOf(prices[index]?.[1] ?? {});
    if (price === undefined) throw new Error('no price');
    expect(factsOfPrice(price)).toMatchObject(facts);
  });
});
