import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPriceList, readPublished } from './read-price-list.js';

const quotesIn = (body: unknown) => readPriceList(body).quotes.map(({ model, fields }) => [model, fields]);

describe('a list of prices', () => {
  it('is read as this gateway publishes it', () => {
    const prices = [
      { model: 'a', modelRatio: '1.25', completionRatio: '4', dollars: { input: '2.5' } },
      { model: 'b', pricePerCall: '0.02' },
      { model: 'free?' },
    ];
    expect(quotesIn({ object: 'price_list', currency: 'USD', prices })).toEqual([
      ['a', { modelRatio: '1.25', completionRatio: '4' }],
      ['b', { pricePerCall: '0.02' }],
    ]);
  });

  it('is read as New API publishes prices', () => {
    const data = [
      {
        model_name: 'a',
        quota_type: 0,
        model_ratio: 1.25,
        model_price: 0,
        completion_ratio: 4,
        cache_ratio: 0.5,
        create_cache_ratio: null,
        enable_groups: ['default'],
      },
      { model_name: 'b', quota_type: 1, model_ratio: 0, model_price: 0.04, completion_ratio: 0 },
      { model_name: 'c', quota_type: 0, model_ratio: 1, billing_mode: 'tiered_expr', billing_expr: 'tier("x", p * 2)' },
    ];
    const read = readPriceList({ success: true, data, group_ratio: { default: 1 } });
    expect(read.quotes.map(({ model, fields }) => [model, fields])).toEqual([
      ['a', { modelRatio: '1.25', completionRatio: '4', cacheRatio: '0.5' }],
      ['b', { pricePerCall: '0.04' }],
    ]);
    expect(read.refused).toEqual([{ model: 'c', problem: expect.stringContaining('formula') as string }]);
  });

  it.each([[(maps: object) => ({ success: true, data: maps })], [(maps: object) => maps]])(
    'is read as New API exposes ratios',
    (wrapped) => {
      const maps = {
        model_ratio: { a: 1.25, b: 5 },
        completion_ratio: { a: 4, x: 2 },
        cache_ratio: { a: 0.5 },
        create_cache_ratio: { a: 1.25 },
        model_price: { b: 0.04 },
      };
      expect(quotesIn(wrapped(maps))).toEqual([
        ['b', { pricePerCall: '0.04' }],
        ['a', { modelRatio: '1.25', completionRatio: '4', cacheRatio: '0.5', cacheWriteRatio: '1.25' }],
      ]);
    },
  );

  it('is read as an apply file or a map in JSON', () => {
    const expected = [['a', { modelRatio: '1.25', cacheRatio: '0.5' }]];
    expect(quotesIn({ models: [{ name: 'a', modelRatio: 1.25, cacheRatio: 0.5, outputTokensMax: 9 }] })).toEqual(expected);
    expect(quotesIn({ a: { modelRatio: '1.25', cacheRatio: 0.5 } })).toEqual(expected);
  });

  it.each([
    ['negative', { modelRatio: -1 }, /modelRatio/],
    ['not a number', { modelRatio: 'NaN' }, /modelRatio/],
    ['infinite', { modelRatio: JSON.parse('1e999') as number }, /modelRatio/],
    ['given per token where it is per million', { modelRatio: 1_250_000 }, /another unit/],
    ['absurd for a call', { pricePerCall: 20_000 }, /another unit/],
    ['an absurd ratio', { modelRatio: 1, completionRatio: 5_000 }, /completionRatio.*another unit/],
    ['an object', { modelRatio: { $gt: 0 } }, /modelRatio/],
    ['relative to nothing', { completionRatio: 2 }, /modelRatio/],
  ])('refuses a price that is %s, by the name of the model', (_title, stated, problem) => {
    const { quotes, refused } = readPriceList({
      object: 'price_list',
      prices: [
        { model: 'good', modelRatio: 1 },
        { model: 'bad', ...stated },
      ],
    });
    expect(quotes.map(({ model }) => model)).toEqual(['good']);
    expect(refused).toEqual([{ model: 'bad', problem: expect.stringMatching(problem) as string }]);
  });

  it('refuses names that are none, and keeps what it tells of them short', () => {
    const names = ['', ' a', 'a\nb', 'x'.repeat(300), 7, null, { a: 1 }];
    const { quotes, refused } = readPriceList({ object: 'price_list', prices: names.map((model) => ({ model, modelRatio: 1 })) });
    expect(quotes).toEqual([]);
    expect(refused).toHaveLength(names.length);
    for (const { model } of refused) expect(model.length).toBeLessThanOrEqual(255);
  });

  it('takes names for what they are', () => {
    const body: unknown = JSON.parse('{"data":{"model_ratio":{"__proto__":1,"constructor":2,"a":3},"completion_ratio":{"a":2}}}');
    expect(quotesIn(body)).toContainEqual(['constructor', { modelRatio: '2' }]);
    expect(quotesIn(body)).toContainEqual(['a', { modelRatio: '3', completionRatio: '2' }]);
    expect(({} as Record<string, unknown>)['modelRatio']).toBeUndefined();
  });

  it('takes the first of two prices for one model, and tells of the other', () => {
    const read = readPriceList({
      models: [
        { name: 'a', modelRatio: 1 },
        { name: 'a', modelRatio: 2 },
      ],
    });
    expect(read.quotes.map(({ fields }) => fields)).toEqual([{ modelRatio: '1' }]);
    expect(read.refused).toEqual([{ model: 'a', problem: expect.stringContaining('twice') as string }]);
  });

  it.each([[null], ['<html>'], [[]], [{}], [{ success: false, message: 'no' }], [{ data: [] }.data], [{ error: { message: 'x' } }], [7]])(
    'is not what a place answers with %j',
    (body) => {
      expect(() => readPriceList(body)).toThrowError(expect.objectContaining({ code: 'prices_unreadable' }) as Error);
    },
  );

  it('is not read without an end', () => {
    const prices = Array.from({ length: 20_001 }, (_, index) => ({ model: `m${index}`, modelRatio: 1 }));
    expect(() => readPriceList({ object: 'price_list', prices })).toThrowError(/20001 rows/);
  });

  it('says nothing that a price cannot be, whatever it is made from', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('prices', 'data', 'models'), fc.array(fc.jsonValue()), (value, key, list) => {
        for (const body of [value, { object: 'price_list', [key]: list }, { model_ratio: value }]) {
          try {
            for (const { fields } of readPriceList(body).quotes)
              for (const price of Object.values(fields)) expect(price).toMatch(/^\d{1,4}(\.\d{1,18})?$/);
          } catch (error) {
            expect(error).toMatchObject({ code: 'prices_unreadable' });
          }
        }
      }),
    );
  });
});

describe("a vendor's list of models", () => {
  it('has prices in dollars, of which the bad ones are refused', () => {
    const read = readPublished([
      { id: 'a', price: { dollarsPerMillion: { inputText: 2.5, outputText: 10 } } },
      { id: 'b', price: { dollarsPerMillion: { inputText: 2_500_000 } } },
      { id: 'c', price: { dollarsPerMillion: { inputText: Number.NaN } } },
      { id: 'd' },
    ]);
    expect(read.quotes).toEqual([{ model: 'a', fields: { modelRatio: '1.25', completionRatio: '4' } }]);
    expect(read.refused.map(({ model }) => model)).toEqual(['b', 'c']);
  });
});
