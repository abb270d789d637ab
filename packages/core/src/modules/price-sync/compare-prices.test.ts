import { describe, expect, it } from 'vitest';
import { type Model, ModelCatalogue } from '../models/index.js';
import { modelPriceOf, type ModelPriceFields } from '../pricing/index.js';
import { comparePrices } from './compare-prices.js';
import type { PriceSourceKind, PriceSourceReport } from './price-quote.js';

function model(name: string, fields: ModelPriceFields, priceSource: NonNullable<Model['priceSource']> = 'synced'): Model {
  const price = modelPriceOf(fields);
  return { id: name, name, createdAt: 0, ...(price === undefined ? {} : { price, priceSource }) };
}

function report(source: string, kind: PriceSourceKind, prices: Readonly<Record<string, ModelPriceFields>>): PriceSourceReport {
  const quotes = Object.entries(prices).map(([name, fields]) => ({ model: name, fields }));
  return { source, kind, state: 'read', quotes, refused: [] };
}

const compared = (models: readonly Model[], ...reports: readonly PriceSourceReport[]) =>
  comparePrices(new ModelCatalogue(models), reports, 10);

describe('prices compared', () => {
  it('say nothing where all agree, and where the source is silent', () => {
    const local = model('m', { modelRatio: '1.25', completionRatio: '4', cacheRatio: '0.5', audioRatio: '8' });
    expect(compared([local], report('a', 'gateway', { m: { modelRatio: '1.25', completionRatio: '4' } }))).toEqual([]);
  });

  it('show what differs and whose price can be taken', () => {
    const [difference] = compared(
      [model('m', { modelRatio: '1.25', completionRatio: '2' })],
      report('a', 'gateway', { m: { modelRatio: '1.25', completionRatio: '4' } }),
    );
    expect(difference).toMatchObject({
      model: 'm',
      marks: [],
      choice: 'a',
      local: { facts: { input: '2.5', output: '5' }, source: 'synced' },
    });
    expect(difference?.quotes).toMatchObject([{ source: 'a', facts: { input: '2.5', output: '10' }, changes: true, marks: [] }]);
  });

  it("prefer the channel's own place, then gateways, then what is on record", () => {
    const price = { m: { modelRatio: '2' } };
    const reports = [report('list:V', 'list', price), report('other', 'gateway', price), report('channel:c', 'channel', price)];
    expect(compared([model('m', { modelRatio: '1' })], ...reports)[0]?.choice).toBe('channel:c');
  });

  it('choose nothing where sources disagree, even if one agrees with what is in force', () => {
    const [difference] = compared(
      [model('m', { modelRatio: '1' })],
      report('a', 'gateway', { m: { modelRatio: '1' } }),
      report('b', 'gateway', { m: { modelRatio: '2' } }),
    );
    expect(difference?.marks).toEqual(['sources-disagree']);
    expect(difference?.choice).toBeUndefined();
    expect(difference?.quotes.map(({ source, changes }) => [source, changes])).toEqual([
      ['a', false],
      ['b', true],
    ]);
  });

  it('leave alone what was set by hand', () => {
    const [difference] = compared([model('m', { modelRatio: '1' }, 'manual')], report('a', 'gateway', { m: { modelRatio: '2' } }));
    expect(difference?.marks).toEqual(['local-manual']);
    expect(difference?.choice).toBeUndefined();
  });

  it('are with the price in force, of whichever entry it is', () => {
    const reports = [report('a', 'gateway', { 'acme-1': { modelRatio: '2' } })];
    const preset = model('acme-1', { modelRatio: '2' }, 'preset');
    for (const models of [[model('acme*', { modelRatio: '1' }, 'manual')], [model('acme*', { modelRatio: '1' }, 'manual'), preset]]) {
      const [difference] = compared(models, ...reports);
      expect(difference).toMatchObject({ marks: ['local-manual'], local: { facts: { input: '2' }, source: 'manual', entry: 'acme*' } });
      expect(difference?.choice).toBeUndefined();
    }
    expect(compared([model('acme*', { modelRatio: '1' })], ...reports)).toMatchObject([
      { marks: [], choice: 'a', local: { source: 'synced', entry: 'acme*' } },
    ]);
    expect(compared([model('acme*', { modelRatio: '2' }, 'manual')], ...reports)).toEqual([]);
  });

  it('are taken for a pattern only by those who choose them', () => {
    const reports = [report('a', 'gateway', { '*-preview': { modelRatio: '2' } })];
    expect(compared([{ id: 'p', name: '*-preview', enabled: false, createdAt: 0 }], ...reports)).toMatchObject([
      { model: '*-preview', marks: ['new', 'pattern'], quotes: [{ changes: true }] },
    ]);
    expect(compared([model('*-preview', { modelRatio: '1' })], ...reports)[0]?.choice).toBeUndefined();
  });

  it('take a price for a preset or for none', () => {
    const reports = [report('a', 'gateway', { m: { modelRatio: '2' }, n: { pricePerCall: '0.1' } })];
    expect(
      compared([model('m', { modelRatio: '1' }, 'preset')], ...reports).map(({ model: name, marks, choice }) => [name, marks, choice]),
    ).toEqual([
      ['m', [], 'a'],
      ['n', ['new'], 'a'],
    ]);
  });

  it('show tiers and fees that the price in force lacks', () => {
    const stated: ModelPriceFields = {
      modelRatio: '1',
      tiers: [{ inputTokensAbove: 200_000, modelRatio: '2' }],
      toolFees: { webSearch: '10' },
    };
    expect(compared([model('m', { modelRatio: '1' })], report('a', 'gateway', { m: stated }))[0]).toMatchObject({ choice: 'a', marks: [] });
    expect(compared([model('m', stated)], report('a', 'gateway', { m: stated }))).toEqual([]);
  });

  it('mark another kind of price', () => {
    const [difference] = compared([model('m', { modelRatio: '1' })], report('a', 'gateway', { m: { pricePerCall: '0.1' } }));
    expect(difference?.quotes[0]?.marks).toEqual(['kind-differs']);
    expect(difference?.choice).toBeUndefined();
  });

  it('mark a price that would leave those of longer calls behind', () => {
    const local = model('m', { modelRatio: '1', tiers: [{ inputTokensAbove: 200_000, modelRatio: '2' }] });
    const [silent] = compared([local], report('a', 'gateway', { m: { modelRatio: '2' } }));
    expect(silent?.quotes[0]?.marks).toEqual(['silent-on-tiers']);
    const [whole] = compared(
      [local],
      report('a', 'gateway', { m: { modelRatio: '2', tiers: [{ inputTokensAbove: 200_000, modelRatio: '4' }] } }),
    );
    expect(whole).toMatchObject({ choice: 'a', quotes: [{ facts: { input: '4', 'input above 200000': '8' }, marks: [] }] });
  });

  it.each([
    ['a million times dearer', { modelRatio: '0.000001' }, { modelRatio: '1' }],
    ['a million times cheaper', { modelRatio: '4000' }, { modelRatio: '0.004' }],
    ['free of a sudden', { modelRatio: '1' }, { modelRatio: '0' }],
    ['of dearer output', { modelRatio: '1', completionRatio: '1' }, { modelRatio: '1', completionRatio: '40' }],
  ])('mark a price that is %s', (_title, local, stated) => {
    const [difference] = compared([model('m', local)], report('a', 'gateway', { m: stated }));
    expect(difference?.quotes[0]?.marks).toEqual(['suspicious']);
    expect(difference?.choice).toBeUndefined();
  });

  it('mark a first price that is far from what another source states', () => {
    const [difference] = compared(
      [],
      report('a', 'gateway', { m: { modelRatio: '1' } }),
      report('b', 'gateway', { m: { modelRatio: '1000' } }),
    );
    expect(difference?.marks).toEqual(['new', 'sources-disagree']);
    expect(difference?.quotes.map(({ marks }) => marks)).toEqual([['suspicious'], ['suspicious']]);
  });
});
