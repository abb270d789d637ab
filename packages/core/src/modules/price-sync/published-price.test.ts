import { emptyUsage } from '@tollgate/plugin-kit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRate, costOf, modelPriceOf } from '../pricing/index.js';
import { factsOfFields } from './price-facts.js';
import { fieldsOfPublished } from './published-price.js';

describe('a published price', () => {
  it('becomes ratios, exactly', () => {
    const dollarsPerMillion = { inputText: 3, inputCacheRead: 0.3, inputCacheWrite5m: 3.75, inputCacheWrite1h: 6, outputText: 15 };
    expect(fieldsOfPublished({ dollarsPerMillion })).toEqual({
      modelRatio: '1.5',
      completionRatio: '5',
      cacheRatio: '0.1',
      cacheWriteRatio: '1.25',
      cacheWrite1hRatio: '2',
    });
  });

  it('states audio relative to audio, and nothing that the vendor does not', () => {
    const dollarsPerMillion = { inputText: 4, inputAudio: 32, outputText: 16, outputAudio: 64 };
    expect(fieldsOfPublished({ dollarsPerMillion })).toEqual({
      modelRatio: '2',
      completionRatio: '4',
      audioRatio: '8',
      audioCompletionRatio: '2',
    });
  });

  it('may rise with the length of the call, and with the hour', () => {
    const price = {
      dollarsPerMillion: { inputText: 2, outputText: 12 },
      longContext: [{ inputTokensAbove: 200_000, dollarsPerMillion: { inputText: 4, outputText: 18 } }],
      hours: [{ from: '01:00', until: '04:00', dollarsPerMillion: { inputText: 4, outputText: 24 } }],
      dollarsPerThousandUses: { webSearch: 10 },
    };
    expect(fieldsOfPublished(price)).toEqual({
      modelRatio: '1',
      completionRatio: '6',
      tiers: [{ inputTokensAbove: 200_000, modelRatio: '2', completionRatio: '4.5' }],
      windows: [{ timeZone: 'UTC', from: '01:00', until: '04:00', factor: '2' }],
      toolFees: { webSearch: '10' },
    });
    const uneven = [{ from: '01:00', until: '04:00', dollarsPerMillion: { inputText: 4, outputText: 20 } }];
    expect(fieldsOfPublished({ ...price, hours: uneven })).toBeUndefined();
  });

  it('may be of a call, a search, an image or a second', () => {
    expect(fieldsOfPublished({ dollarsPerCall: 0.1 })).toEqual({ pricePerCall: '0.1' });
    expect(fieldsOfPublished({ dollarsPerSearch: 0.0025 })).toEqual({ pricePerSearch: '0.0025' });
    expect(fieldsOfPublished({ dollarsPerImage: [{ dollars: 0.04 }, { size: '1024x1792', quality: 'hd', dollars: 0.12 }] })).toEqual({
      imagePrices: [{ price: '0.04' }, { size: '1024x1792', quality: 'hd', price: '0.12' }],
    });
    expect(fieldsOfPublished({ dollarsPerSecond: [{ dollars: 0.00005 }, { resolution: '4k', dollars: 0.6 }] })).toEqual({
      secondPrices: [{ price: '0.00005' }, { resolution: '4k', price: '0.6' }],
    });
  });

  it('may be nothing, but not nothing for input alone', () => {
    expect(fieldsOfPublished({ dollarsPerMillion: { inputText: 0, outputText: 0 } })).toEqual({ modelRatio: '0' });
    expect(fieldsOfPublished({ dollarsPerMillion: { inputText: 0, outputText: 1 } })).toBeUndefined();
    expect(fieldsOfPublished({ dollarsPerMillion: { outputText: 1 } })).toBeUndefined();
  });

  it('comes back in dollars as it was', () => {
    const dollarsPerMillion = { inputText: 0.3, inputCacheRead: 0.07, outputText: 2.5 };
    expect(factsOfFields(fieldsOfPublished({ dollarsPerMillion }) ?? {})).toEqual({ input: '0.3', cacheRead: '0.07', output: '2.5' });
  });

  it('costs what the vendor says, to the millipoint, however its ratios end', () => {
    const price = fc.integer({ min: 1, max: 100_000 }).map((thousandths) => thousandths / 1_000);
    fc.assert(
      fc.property(price, price, fc.integer({ min: 0, max: 10_000_000 }), (input, output, tokens) => {
        const fields = fieldsOfPublished({ dollarsPerMillion: { inputText: input, outputText: output } }) ?? {};
        const modelPrice = modelPriceOf(fields);
        if (modelPrice === undefined) throw new Error('no price');
        const rate = compileRate({ model: 'm', group: 'g', groupRatio: '1', price: modelPrice } as Parameters<typeof compileRate>[0]);
        // A dollar per million tokens is half a point, 500 millipoints, a token.
        const exactHalves = BigInt(Math.round(output * 1_000)) * BigInt(tokens);
        expect(costOf(rate, { ...emptyUsage(), outputText: tokens })).toBe((exactHalves + 1n) / 2n);
      }),
    );
  });
});
