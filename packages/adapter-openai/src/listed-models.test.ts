import { describe, expect, it } from 'vitest';
import { readListedModels } from './listed-models.js';

const listed = (pricing: unknown) => readListedModels({ data: [{ id: 'm', pricing }] })[0];

describe('a list of models', () => {
  it('is read with the prices that some places add, by the token as text', () => {
    const pricing = { prompt: '0.0000011', completion: '0.0000044', input_cache_read: '0.00000011', web_search: '0.01', image: '0' };
    expect(listed(pricing)).toEqual({
      id: 'm',
      price: {
        dollarsPerMillion: { inputText: 1.1, outputText: 4.4, inputCacheRead: 0.11 },
        dollarsPerThousandUses: { webSearch: 10 },
      },
    });
  });

  it('keeps that a model is free, and takes a zero elsewhere for no price at all', () => {
    const free = { prompt: '0', completion: '0', input_cache_read: '0', web_search: '0' };
    expect(listed(free)).toEqual({ id: 'm', price: { dollarsPerMillion: { inputText: 0, outputText: 0 } } });
  });

  it.each([
    [undefined],
    [null],
    ['free'],
    [{}],
    [{ prompt: '-1', completion: '-1' }],
    [{ prompt: 1e-6 }],
    [{ prompt: 'NaN' }],
    [{ prompt: '1e-6' }],
  ])('has no price where a place writes %j', (pricing) => expect(listed(pricing)).toEqual({ id: 'm' }));

  it.each([[undefined], [[]], [{ data: 'models' }], [{ data: [null, 7, { id: 1 }] }]])('is empty where a place answers %j', (body) => {
    expect(readListedModels(body)).toEqual([]);
  });
});
