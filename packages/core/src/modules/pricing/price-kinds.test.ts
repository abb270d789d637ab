import { emptyUsage, type Usage } from '@tollgate/plugin-kit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pointsText } from '../../foundation/millipoints.js';
import { compileRate } from './compile-rate.js';
import { costOf, estimateOf } from './cost.js';
import { dollarsPerMillionOf, modelRatioOf, ratioViewOf, relativeRatio } from './dollars.js';
import { type ModelPriceFields, modelPriceOf } from './model-price.js';
import { windowAt } from './price-window.js';
import type { PriceWindow, Rate } from './rate.js';
import { feesFor, isFeeKey, listedFees, withListedFees } from './tool-fees.js';

function rateOf(fields: ModelPriceFields, groupRatio = '1', window?: PriceWindow): Rate {
  const price = modelPriceOf(fields);
  if (price === undefined) throw new Error('no price');
  const frozen = { model: 'm', group: 'default', groupRatio, groupRatioSource: 'group', price, priceSource: 'manual' } as const;
  return compileRate(window === undefined ? frozen : { ...frozen, window });
}

function pointsOf(rate: Rate, usage: Partial<Usage>): string {
  return pointsText(costOf(rate, { ...emptyUsage(), ...usage }));
}

describe('tiers by length', () => {
  const rate = rateOf({
    modelRatio: '1',
    completionRatio: '4',
    cacheRatio: '0.25',
    tiers: [
      { inputTokensAbove: 500, modelRatio: '4' },
      { inputTokensAbove: 100, modelRatio: '2', completionRatio: '3' },
    ],
  });

  it('are chosen by the whole input, cached or not, and hold for the whole call', () => {
    expect(pointsOf(rate, { inputText: 100, outputText: 10 })).toBe('140');
    expect(pointsOf(rate, { inputText: 101, outputText: 10 })).toBe('262');
    expect(pointsOf(rate, { inputText: 1, inputCacheRead: 100, outputText: 10 })).toBe('112');
    expect(pointsOf(rate, { inputText: 501, outputText: 10 })).toBe('2164');
  });

  it('keep the ratios that they do not state', () => {
    expect(pointsOf(rate, { inputText: 1, inputCacheRead: 400 })).toBe('202');
  });

  it('count for what is held before the call', () => {
    expect(pointsText(estimateOf(rate, { inputTokens: 100, outputTokens: 10 }))).toBe('140');
    expect(pointsText(estimateOf(rate, { inputTokens: 501, outputTokens: 10 }))).toBe('2164');
  });

  it('never make less input dearer than more, as long as their ratios rise', () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.nat(1_000), (input, more) => {
        const [less, greater] = [input, input + more].map((inputText) => costOf(rate, { ...emptyUsage(), inputText }));
        expect((less as bigint) <= (greater as bigint)).toBe(true);
      }),
    );
  });
});

describe('images', () => {
  const dallE = rateOf({
    imagePrices: [
      { price: '0.04' },
      { size: '1792x1024', price: '0.08' },
      { size: '1792x1024', quality: 'hd', price: '0.12' },
      { quality: 'hd', price: '0.08' },
    ],
  });

  it('are charged by the entry that says most about them', () => {
    const priceOf = (size?: string, quality?: string) =>
      pointsOf(dallE, { images: [{ count: 1, ...(size === undefined ? {} : { size }), ...(quality === undefined ? {} : { quality }) }] });
    expect(priceOf()).toBe('20000');
    expect(priceOf('1024x1024', 'standard')).toBe('20000');
    expect(priceOf('1792x1024')).toBe('40000');
    expect(priceOf('1024x1024', 'hd')).toBe('40000');
    expect(pointsOf(dallE, { images: [{ count: 2, size: '1792x1024', quality: 'hd' }] })).toBe('120000');
  });

  it('that no entry names cost what the dearest does', () => {
    const rate = rateOf({
      imagePrices: [
        { size: 'small', price: '0.01' },
        { size: 'large', price: '0.05' },
      ],
    });
    expect(pointsOf(rate, { images: [{ count: 1, size: 'huge' }] })).toBe('25000');
  });

  it('that are stated in tokens alone, or not at all, are one where images have a price, and nothing more where tokens have', () => {
    expect(pointsOf(dallE, { outputImage: 1_290 })).toBe('20000');
    expect(pointsOf(dallE, { outputText: 9 })).toBe('20000');
    expect(pointsOf(dallE, { images: [{ count: 0 }] })).toBe('20000');
    expect(pointsOf(rateOf({ modelRatio: '1', toolImages: [{ price: '0.04' }] }), { outputImage: 10 })).toBe('10');
  });

  it('made by a tool are charged beside the tokens', () => {
    const rate = rateOf({ modelRatio: '1', toolImages: [{ quality: 'low', size: '1024x1024', price: '0.011' }] }, '2');
    expect(pointsOf(rate, { inputText: 10, images: [{ count: 1, quality: 'low', size: '1024x1024' }] })).toBe('11020');
  });

  it('are held for before the call, one unless more are asked for', () => {
    expect(pointsText(estimateOf(dallE, { inputTokens: 9, outputTokens: 9 }))).toBe('20000');
    expect(pointsText(estimateOf(dallE, { inputTokens: 9, outputTokens: 9, images: [{ count: 3, quality: 'hd' }] }))).toBe('120000');
  });
});

describe('seconds', () => {
  const sora = rateOf({ secondPrices: [{ price: '0.3' }, { resolution: '1792x1024', price: '0.5' }] });

  it('are charged by resolution, to the millisecond', () => {
    expect(pointsOf(sora, { media: { seconds: 8, resolution: '1792x1024' } })).toBe('2000000');
    expect(pointsOf(sora, { media: { seconds: 7.5, resolution: '720x1280' } })).toBe('1125000');
    expect(pointsOf(sora, {})).toBe('0');
  });

  it('are held for before the call', () => {
    expect(pointsText(estimateOf(sora, { inputTokens: 0, outputTokens: 0, media: { seconds: 4 } }))).toBe('600000');
  });
});

describe('search units', () => {
  const rerank = rateOf({ pricePerSearch: '0.002' }, '0.5');

  it('are charged one by one, and tokens beside them are not', () => {
    expect(pointsOf(rerank, { searchUnits: 3, inputText: 1_000 })).toBe('1500');
    expect(pointsOf(rerank, {})).toBe('0');
  });

  it('are held for before the call, one unless more are expected', () => {
    expect(pointsText(estimateOf(rerank, { inputTokens: 9, outputTokens: 9 }))).toBe('500');
    expect(pointsText(estimateOf(rerank, { inputTokens: 9, outputTokens: 9, searchUnits: 4 }))).toBe('2000');
  });

  it('are dearer in hours that are', () => {
    const window = { timeZone: 'UTC', from: '00:00', until: '12:00', factor: '2' };
    const price = modelPriceOf({ pricePerSearch: '0.002' });
    if (price === undefined) throw new Error('no price');
    const frozen = { model: 'm', group: 'g', groupRatio: '1', groupRatioSource: 'group', price, priceSource: 'manual', window } as const;
    expect(pointsOf(compileRate(frozen), { searchUnits: 1 })).toBe('2000');
  });
});

describe('tool fees', () => {
  const table = { webSearch: '10', 'webSearch:gpt-4o*': '25', 'webSearch:gpt-4o-mini*': '30', fileSearch: '2.5' };

  it('are those of the longest beginning of the name', () => {
    expect(feesFor('gpt-4o-mini-2024', table)).toEqual({ webSearch: '30', fileSearch: '2.5' });
    expect(feesFor('gpt-4o', table)).toEqual({ webSearch: '25', fileSearch: '2.5' });
    expect(feesFor('o1', table)).toEqual({ webSearch: '10', fileSearch: '2.5' });
  });

  it("are those of a vendor's list where the settings say nothing of such models, and none where they say nothing of the tool", () => {
    const listed = listedFees([
      { toolFees: [{ modelsFrom: 'gem-', dollarsPerThousandUses: { webSearch: 14, webFetch: 3 } }] },
      { toolFees: [{ modelsFrom: 'gem-2', dollarsPerThousandUses: { webSearch: 35 } }] },
      {},
    ]);
    const feesOf = (model: string, settings: Readonly<Record<string, string>>) => feesFor(model, withListedFees(settings, listed));
    expect(feesOf('gem-3', { webSearch: '10' })).toEqual({ webSearch: '14' });
    expect(feesOf('gem-2.5', { webSearch: '10' })).toEqual({ webSearch: '35' });
    expect(feesOf('other', { webSearch: '10' })).toEqual({ webSearch: '10' });
    expect(feesOf('gem-3', { webSearch: '10', 'webSearch:gem-*': '7' })).toEqual({ webSearch: '7' });
    expect(feesOf('gem-3', {})).toEqual({});
  });

  it('are charged for what was used, at the group ratio, and for calls that are priced by call, too', () => {
    const rate = rateOf({ modelRatio: '1', toolFees: feesFor('gpt-4o', table) });
    expect(pointsOf(rate, { webSearches: 3 })).toBe('37500');
    expect(pointsOf(rate, { fileSearches: 2, inputText: 1 })).toBe('2501');
    expect(pointsOf(rateOf({ pricePerCall: '0.02', toolFees: { webSearch: '10' } }, '0.5'), { webSearches: 1 })).toBe('7500');
    expect(pointsOf(rate, { codeInterpreterSessions: 4 })).toBe('0');
  });

  it('have keys of known tools only', () => {
    expect(['webSearch', 'webSearch:gpt*', 'webSearch:*', 'search', 'webSearch:gpt'].map(isFeeKey)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('hours', () => {
  const at = (window: Omit<PriceWindow, 'factor'>, moment: string) =>
    windowAt([{ ...window, factor: '0.5' }], Date.parse(moment)) !== undefined;

  it('begin with their first minute and end before their last', () => {
    const lunch = { timeZone: 'UTC', from: '12:00', until: '13:00' };
    expect(['11:59', '12:00', '12:59', '13:00'].map((time) => at(lunch, `2026-05-01T${time}Z`))).toEqual([false, true, true, false]);
  });

  it('reach over midnight into the day after the one they began on', () => {
    const friday = { timeZone: 'UTC', days: [5], from: '23:00', until: '01:00' };
    expect(
      ['2026-05-01T23:30Z', '2026-05-02T00:30Z', '2026-05-01T00:30Z', '2026-05-02T23:30Z'].map((moment) => at(friday, moment)),
    ).toEqual([true, true, false, false]);
  });

  it('follow the clocks of their time zone', () => {
    const morning = { timeZone: 'Europe/Berlin', from: '08:00', until: '09:00' };
    expect(at(morning, '2026-01-15T07:30Z')).toBe(true);
    expect(at(morning, '2026-07-15T06:30Z')).toBe(true);
    expect(at(morning, '2026-07-15T07:30Z')).toBe(false);
  });

  it('multiply the price, and leave tool fees alone', () => {
    const window = { timeZone: 'UTC', from: '00:00', until: '01:00', factor: '0.5' };
    const rate = rateOf({ modelRatio: '2', toolFees: { webSearch: '10' } }, '1', window);
    expect(pointsOf(rate, { inputText: 100, webSearches: 1 })).toBe('5100');
  });
});

describe('dollars and ratios', () => {
  it('are two views of one number', () => {
    expect(dollarsPerMillionOf('0.075')).toBe('0.15');
    expect(modelRatioOf('0.15')).toBe('0.075');
    expect(ratioViewOf({ modelRatio: '1.25', completionRatio: '4' })).toEqual({
      inputRatio: '1.25',
      outputRatio: '5',
      completionRatio: '4',
    });
    fc.assert(
      fc.property(fc.nat(999_999), fc.nat(999_999), (whole, fraction) => {
        const ratio = modelRatioOf(`${whole}.${String(fraction).padStart(6, '0')}`);
        expect(modelRatioOf(dollarsPerMillionOf(ratio))).toBe(ratio);
      }),
    );
  });

  it('give the completion ratio of an output price, which no free input has', () => {
    expect(relativeRatio('10', '2.5')).toBe('4');
    expect(relativeRatio('2.5', '0.3')).toMatch(/^8\.3{14}/);
    expect(relativeRatio('0', '0')).toBe('1');
    expect(() => relativeRatio('1', '0')).toThrow(RangeError);
  });

  it('charge what the vendor asks, to the millipoint, however the ratio divides', () => {
    const rate = rateOf({ modelRatio: modelRatioOf('0.3'), completionRatio: relativeRatio('2.5', '0.3') });
    expect(pointsOf(rate, { outputText: 1_000_000 })).toBe('1250000');
  });
});
