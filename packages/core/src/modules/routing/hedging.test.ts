import { describe, expect, it } from 'vitest';
import { HedgeBudget, hedgeFor } from './hedging.js';

const settings = {
  hedgeAfterMs: 900,
  hedgeAfterMsOfGroups: { fast: 200, slow: 0 },
  hedgeAfterMsOfModels: { m: 50, n: 0 },
  hedgedPercentMax: 5,
};

describe('when a call is hedged', () => {
  it.each([
    ['m', 'fast', 50],
    ['n', 'fast', undefined],
    ['other', 'fast', 200],
    ['other', 'slow', undefined],
    ['other', 'default', 900],
  ])('is set for its model, else its group, else all: %s in %s', (model, group, afterMs) => {
    expect(hedgeFor(settings, model, group)?.afterMs).toBe(afterMs);
  });

  it('is not at all unless somebody has set it', () => {
    expect(hedgeFor({ ...settings, hedgeAfterMs: 0 }, 'constructor', 'default')).toBeUndefined();
  });
});

/** How many of so many calls are hedged, if all want to be. */
function hedgedOf(calls: number, budget: HedgeBudget, percentMax: number): number {
  let hedged = 0;
  for (let call = 0; call < calls; call += 1) {
    budget.earn('all ', percentMax);
    if (budget.take('all ')) hedged += 1;
  }
  return hedged;
}

describe('the budget for hedges', () => {
  it.each([
    [0, 0],
    [1, 10],
    [5, 50],
    [100, 1_000],
  ])('lets %i of a hundred calls be hedged', (percentMax, hedged) => {
    expect(hedgedOf(1_000, new HedgeBudget(), percentMax)).toBe(hedged);
  });

  it('keeps what was not used for no more than some calls', () => {
    const budget = new HedgeBudget();
    for (let call = 0; call < 10_000; call += 1) budget.earn('all ', 5);
    expect(hedgedOf(20, budget, 5)).toBe(10);
  });

  it('counts each rule by itself, and gives back what was not used', () => {
    const budget = new HedgeBudget();
    budget.earn('model m', 100);
    expect(budget.take('group g')).toBe(false);
    expect(budget.take('model m')).toBe(true);
    budget.giveBack('model m');
    expect(budget.take('model m')).toBe(true);
    expect(budget.take('model m')).toBe(false);
  });
});
