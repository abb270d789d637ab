import { emptyUsage, type Usage } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { pointsText } from '../foundation/millipoints.js';
import { compileRate, costOf, exactCostOfAll, type ModelPriceFields, modelPriceOf, type Rate } from '../modules/pricing/index.js';
import type { SettlementPolicy } from '../modules/settlement/index.js';
import { type AttemptDraft, type CallCourse, recounted, resultOf } from './call-course.js';
import type { Route } from './route.js';
import type { UsageMeter } from './usage-meter.js';

function rateOf(fields: ModelPriceFields): Rate {
  const price = modelPriceOf(fields);
  if (price === undefined) throw new Error('no price');
  return compileRate({ model: 'm', group: 'default', groupRatio: '1', groupRatioSource: 'group', price, priceSource: 'manual' });
}

type Figures = Partial<Usage>;
const usageOf = (figures: Figures): Usage => ({ ...emptyUsage(), ...figures });

interface Told {
  readonly burnt: readonly Figures[];
  /** Undefined where no attempt answered. */
  readonly answer?: Figures;
  readonly policies?: Partial<Record<'burntAttempt' | 'upstreamCut', SettlementPolicy>>;
  readonly cut?: true;
  /** Set where the burnt attempts ran beside others. */
  readonly hedge?: 'first';
  /** As the request says. */
  readonly searchUnits?: number;
}

function settled(rate: Rate, { burnt, answer, policies = {}, cut, hedge, searchUnits }: Told) {
  const beside = hedge === undefined ? {} : { hedge };
  const attempts = burnt.map((usage): AttemptDraft => ({ channelId: 'c', startedMs: 0, durationMs: 1, usage, ...beside }));
  const stated = answer && usageOf(answer);
  const meter = { statements: 1, suspicious: false, statedUsage: () => stated, deliveredUsage: () => stated } as unknown as UsageMeter;
  const end = { answered: true, ending: cut === true ? 'upstreamCut' : 'complete' } as const;
  const course: CallCourse = { attempts, extensions: 0, route: {} as Route, meter, ...(answer === undefined ? {} : { end }) };
  const policyOf = (ending: string): SettlementPolicy => policies[ending as 'burntAttempt'] ?? 'upstream-actual';
  const result = resultOf(course, { rate, clientGone: false, reachedClient: true, undrained: undefined, searchUnits, policyOf });
  return { result, attempts, points: pointsText(result.cost) };
}

describe('a burnt attempt that is charged', () => {
  const tiered = rateOf({ modelRatio: '1', completionRatio: '2', tiers: [{ inputTokensAbove: 1_000, modelRatio: '10' }] });

  it('is priced in the tier of its own input, and so is the answer', () => {
    const { result, points, attempts } = settled(tiered, {
      burnt: [{ inputText: 600, outputText: 5 }],
      answer: { inputText: 600, outputText: 10 },
    });
    expect(points).toBe('1230');
    expect(result.usage).toMatchObject({ inputText: 1_200, outputText: 15 });
    expect(attempts).toMatchObject([{ charged: true }]);
    expect(settled(tiered, { burnt: [{ inputText: 1_001 }], answer: { inputText: 10 } }).points).toBe('10020');
  });

  it('costs nothing where it ran beside another', () => {
    const { result, points, attempts } = settled(tiered, { burnt: [{ inputText: 600 }], answer: { inputText: 10 }, hedge: 'first' });
    expect(points).toBe('10');
    expect(result.usage.inputText).toBe(10);
    expect(attempts[0]).not.toHaveProperty('charged');
  });

  it('costs the price of a call once more', () => {
    const perCall = rateOf({ pricePerCall: '0.02' });
    expect(settled(perCall, { burnt: [{ inputText: 7 }], answer: { inputText: 7 } }).points).toBe('20000');
    expect(settled(perCall, { burnt: [{ inputText: 7 }] }).points).toBe('10000');
    expect(settled(perCall, { burnt: [], answer: { inputText: 7 } }).points).toBe('10000');
  });

  it('costs the images and the seconds that it made', () => {
    const withImages = rateOf({ modelRatio: '1', toolImages: [{ quality: 'low', price: '0.01' }, { price: '0.1' }] });
    const drawn = settled(withImages, {
      burnt: [{ inputText: 10, images: [{ count: 2, quality: 'low' }] }],
      answer: { inputText: 10, images: [{ count: 1 }] },
    });
    expect(drawn.points).toBe('60020');
    expect(drawn.result.usage.images).toEqual([{ count: 1 }, { count: 2, quality: 'low' }]);
    const bySecond = rateOf({ secondPrices: [{ price: '0.1' }] });
    const filmed = settled(bySecond, { burnt: [{ media: { seconds: 2 } }], answer: { media: { seconds: 3 } } });
    expect(filmed.points).toBe('250000');
    expect(filmed.result.usage.media).toEqual({ seconds: 5 });
    const sharper = settled(bySecond, { burnt: [{ media: { seconds: 2, resolution: 'hd' } }], answer: { media: { seconds: 3 } } });
    expect(sharper.points).toBe('250000');
    expect(sharper.result.usage.media).toEqual({ seconds: 3 });
  });

  it('is rounded together with all the rest, once', () => {
    const third = rateOf({ modelRatio: '0.0003' });
    const { result } = settled(third, { burnt: [{ inputText: 1 }, { inputText: 1 }], answer: { inputText: 1 } });
    // Three times 0.3 millipoints, each of which would be charged as one.
    expect(result.cost).toBe(1n);
    expect(costOf(third, usageOf({ inputText: 1 }))).toBe(1n);
    const { numerator, denominator } = exactCostOfAll(third, result.paid);
    expect(numerator * 10n).toBe(denominator * 9n);
  });

  it('leaves out an answer that is free', () => {
    const perCall = rateOf({ pricePerCall: '0.02' });
    const cut = { burnt: [{ inputText: 7 }], answer: { inputText: 9 }, cut: true } as const;
    const free = settled(perCall, { ...cut, policies: { upstreamCut: 'free' } });
    expect(free).toMatchObject({ points: '10000', result: { policy: 'upstream-actual', usage: { inputText: 7 } } });
    expect(settled(perCall, { ...cut, policies: { upstreamCut: 'free', burntAttempt: 'free' } })).toMatchObject({
      points: '0',
      result: { policy: 'free', paid: [] },
    });
  });

  it('stays charged beside an answer that is counted again', () => {
    const { result } = settled(tiered, { burnt: [{ inputText: 600 }], answer: { inputText: 1, outputText: 1 } });
    const again = recounted(result, usageOf({ inputText: 500, outputText: 2 }), tiered);
    expect(pointsText(again.cost)).toBe('1104');
    expect(again.usage).toMatchObject({ inputText: 1_100, outputText: 2 });
  });
});

describe('a burnt attempt that is not charged', () => {
  it.each(['free', 'delivered'] as const)('adds nothing by the rule %s', (burntAttempt) => {
    const told = settled(rateOf({ modelRatio: '1' }), {
      burnt: [{ inputText: 600 }],
      answer: { inputText: 5 },
      policies: { burntAttempt },
    });
    expect(told).toMatchObject({ points: '5', result: { usage: { inputText: 5 } } });
    expect(told.attempts[0]).not.toHaveProperty('charged');
  });
});

describe('an answer that is paid by the search', () => {
  const bySearch = rateOf({ pricePerSearch: '0.002' });

  it('costs what is stated, else what the request says, else one', () => {
    expect(settled(bySearch, { burnt: [], answer: { searchUnits: 2 }, searchUnits: 3 })).toMatchObject({
      points: '2000',
      result: { estimated: false },
    });
    expect(settled(bySearch, { burnt: [], answer: { inputText: 9 }, searchUnits: 3 })).toMatchObject({
      points: '3000',
      result: { estimated: true, usage: { searchUnits: 3 } },
    });
    expect(settled(bySearch, { burnt: [], answer: { inputText: 9 } }).points).toBe('1000');
  });

  it('costs nothing where it is free, and counts none where it is paid by tokens', () => {
    const cut = { burnt: [], answer: { inputText: 9 }, cut: true, searchUnits: 3 } as const;
    expect(settled(bySearch, { ...cut, policies: { upstreamCut: 'free' } })).toMatchObject({ points: '0' });
    const { result } = settled(rateOf({ modelRatio: '1' }), { burnt: [], answer: { inputText: 9 }, searchUnits: 3 });
    expect(result.usage).not.toHaveProperty('searchUnits');
  });

  it('is not free where none are stated beside something else', () => {
    const told = { burnt: [], answer: { searchUnits: 0, inputText: 28 }, searchUnits: 3 } as const;
    expect(settled(bySearch, told)).toMatchObject({ points: '3000', result: { estimated: true } });
  });

  it('costs the same when its tokens have been counted', () => {
    const { result } = settled(bySearch, { burnt: [], answer: { inputText: 9 }, searchUnits: 3 });
    const counted = recounted(result, usageOf({ inputText: 11 }), bySearch);
    expect(counted).toMatchObject({ cost: 3_000_000n, usage: { inputText: 11, searchUnits: 3 } });
  });
});
