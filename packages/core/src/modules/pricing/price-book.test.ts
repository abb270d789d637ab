import { describe, expect, it } from 'vitest';
import { modelPriceOf } from './model-price.js';
import { PriceBook, type PriceBookSources } from './price-book.js';
import { NoPriceError } from './pricing-errors.js';

function bookWith(changes: Partial<ReturnType<PriceBookSources['settings']>> = {}, groups: Record<string, string> = {}): PriceBook {
  const settings = { mode: 'commercial' as const, defaultModelRatio: '37.5', defaultGroupRatio: '1', ...changes };
  return new PriceBook({ groupRatioOf: (group) => groups[group], settings: () => settings });
}

const price = modelPriceOf({ modelRatio: '2' });
const model = price === undefined ? {} : { price };

describe('price book', () => {
  it("prefers the user's ratio to the group's to the default", () => {
    const book = bookWith({ defaultGroupRatio: '3' }, { vip: '0.5' });
    expect(book.rateFor(model, 'm', { group: 'vip', userRatio: '0.25' }).groupRatio).toBe('0.25');
    expect(book.rateFor(model, 'm', { group: 'vip' }).groupRatio).toBe('0.5');
    expect(book.rateFor(model, 'm', { group: 'other' }).groupRatio).toBe('3');
  });

  it('refuses a model without a price, naming it', () => {
    expect(() => bookWith().rateFor({}, 'new-model', { group: 'default' })).toThrow(NoPriceError);
    expect(() => bookWith().rateFor(undefined, 'new-model', { group: 'default' })).toThrow(/not configured.*"new-model"/);
  });

  it('charges a model without a price at 37.5 in self-use mode', () => {
    const rate = bookWith({ mode: 'self-use' }).rateFor(undefined, 'new-model', { group: 'default' });
    expect(rate.price).toMatchObject({ by: 'tokens', modelRatio: '37.5', completionRatio: '1' });
  });

  it('keeps a compiled rate until it is cleared', () => {
    const book = bookWith();
    const rate = book.rateFor(model, 'm', { group: 'default' });
    expect(book.rateFor(model, 'm', { group: 'default' })).toBe(rate);
    book.clear();
    expect(book.rateFor(model, 'm', { group: 'default' })).not.toBe(rate);
  });
});
