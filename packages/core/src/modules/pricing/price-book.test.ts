import { emptyUsage } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { costOf } from './cost.js';
import { modelPriceOf } from './model-price.js';
import { PriceBook, type PriceBookSources, type PricedCaller, type PricedModel } from './price-book.js';
import { NoPriceError } from './pricing-errors.js';
import type { ModelPrice } from './rate.js';

function bookWith(
  changes: Partial<ReturnType<PriceBookSources['settings']>> = {},
  groups: Record<string, string> = {},
  special: Record<string, string> = {},
): PriceBook {
  const settings = {
    mode: 'commercial' as const,
    defaultModelRatio: '37.5',
    defaultGroupRatio: '1',
    toolFees: {},
    toolImages: [],
    ...changes,
  };
  const groupRatioOf = (group: string, userGroup: string) => {
    const [forUsers, own] = [special[`${userGroup}>${group}`], groups[group]];
    if (forUsers !== undefined) return { ratio: forUsers, source: 'user-group' } as const;
    return own === undefined ? undefined : ({ ratio: own, source: 'group' } as const);
  };
  return new PriceBook({ groupRatioOf, settings: () => settings });
}

const price = modelPriceOf({ modelRatio: '2' });
const model = price === undefined ? {} : { price };

describe('price book', () => {
  it("prefers the user's ratio to that for the user's group, to the group's, to the default", () => {
    const book = bookWith({ defaultGroupRatio: '3' }, { vip: '0.8' }, { 'gold>vip': '0.5' });
    const ratioFor = (caller: PricedCaller) => {
      const { groupRatio, groupRatioSource } = book.rateFor(model, 'm', caller, 0);
      return [groupRatio, groupRatioSource];
    };
    expect(ratioFor({ group: 'vip', userGroup: 'gold', userRatio: '0.25' })).toEqual(['0.25', 'user']);
    expect(ratioFor({ group: 'vip', userGroup: 'gold' })).toEqual(['0.5', 'user-group']);
    expect(ratioFor({ group: 'vip', userGroup: 'silver' })).toEqual(['0.8', 'group']);
    expect(ratioFor({ group: 'other', userGroup: 'gold' })).toEqual(['3', 'default']);
  });

  it('freezes the price that holds at the start of the call', () => {
    const nights = [{ timeZone: 'Asia/Shanghai', from: '00:30', until: '08:30', factor: '0.5' }];
    const priced = { price: { ...modelPriceOf({ modelRatio: '2' }), windows: nights } as ModelPrice };
    const book = bookWith();
    const costAt = (time: string) =>
      costOf(book.rateFor(priced, 'm', { group: 'default' }, Date.parse(time)), { ...emptyUsage(), inputText: 1 });
    expect(['2026-01-01T16:29Z', '2026-01-01T16:30Z', '2026-01-02T00:29Z', '2026-01-02T00:30Z'].map(costAt)).toEqual([
      2_000n,
      1_000n,
      1_000n,
      2_000n,
    ]);
    const { price: frozen, window } = book.rateFor(priced, 'm', { group: 'default' }, Date.parse('2026-01-02T00:00Z'));
    expect(frozen).not.toHaveProperty('windows');
    expect(window).toEqual(nights[0]);
  });

  it('says who set the price', () => {
    const sourceOf = (priced: PricedModel | undefined) =>
      bookWith({ mode: 'self-use' }).rateFor(priced, 'm', { group: 'g' }, 0).priceSource;
    expect([{ ...model, priceSource: 'preset' as const }, model, undefined].map(sourceOf)).toEqual(['preset', 'manual', 'default']);
  });

  it('refuses a model without a price, naming it', () => {
    expect(() => bookWith().rateFor({}, 'new-model', { group: 'default' }, 0)).toThrow(NoPriceError);
    expect(() => bookWith().rateFor(undefined, 'new-model', { group: 'default' }, 0)).toThrow(/not configured.*"new-model"/);
  });

  it('charges a model without a price at 37.5 in self-use mode', () => {
    const rate = bookWith({ mode: 'self-use' }).rateFor(undefined, 'new-model', { group: 'default' }, 0);
    expect(rate.price).toMatchObject({ by: 'tokens', modelRatio: '37.5', completionRatio: '1' });
  });

  it('keeps no rate of a call that began before the models were read anew', () => {
    const book = bookWith();
    const [before, after] = [{ ...model }, { ...model, price: modelPriceOf({ modelRatio: '10' }) as ModelPrice }];
    book.clear();
    const late = book.rateFor(before, 'm', { group: 'default' }, 0);
    const rate = book.rateFor(after, 'm', { group: 'default' }, 0);
    expect(rate).not.toBe(late);
    expect(rate.price).toMatchObject({ modelRatio: '10' });
    expect(book.rateFor(after, 'm', { group: 'default' }, 0)).toBe(rate);
  });

  it('keeps a compiled rate until it is cleared', () => {
    const book = bookWith();
    const rate = book.rateFor(model, 'm', { group: 'default' }, 0);
    expect(book.rateFor(model, 'm', { group: 'default' }, 0)).toBe(rate);
    book.clear();
    expect(book.rateFor(model, 'm', { group: 'default' }, 0)).not.toBe(rate);
  });
});
