import { describe, expect, it } from 'vitest';
import { modelPriceOf } from '../pricing/index.js';
import { ModelCatalogue } from './model-catalogue.js';
import { modelHintsOf } from './model-hints.js';
import type { Model } from './model.js';

const entry = (name: string, more: Partial<Model> = {}): Model => ({ id: name, name, createdAt: 0, ...more });
const priced = (
  modelRatio: string,
  priceSource: NonNullable<Model['priceSource']> = 'manual',
): Required<Pick<Model, 'price' | 'priceSource'>> => {
  const price = modelPriceOf({ modelRatio });
  if (price === undefined) throw new Error('There is no price.');
  return { price, priceSource };
};

describe('the catalogue of models', () => {
  it.each([
    { says: ['gpt-4o'], most: 'gpt-4o' },
    { says: ['gpt*'], most: 'gpt*' },
    { says: ['gpt*', 'gpt-4*', 'gpt-4o*'], most: 'gpt-4o*' },
    { says: ['*4o', '*o', 'g*'], most: 'g*' },
    { says: ['*o', '*4o'], most: '*4o' },
    { says: ['*pt-*', '*o'], most: '*o' },
    { says: ['*', '*pt-*'], most: '*pt-*' },
    { says: ['*', 'acme*'], most: '*' },
    { says: ['acme*', '*mini', '*x*', 'gpt-4'], most: undefined },
  ])('goes for gpt-4o by $most where it has $says', ({ says, most }) => {
    const found = new ModelCatalogue(says.map((name) => entry(name))).find('gpt-4o');
    expect(found?.id).toBe(most);
    expect(found?.name).toBe(most === undefined ? undefined : 'gpt-4o');
  });

  it('takes each fact from the first entry that states it, and a price with its source', () => {
    const catalogue = new ModelCatalogue([
      entry('gpt-4o', { description: 'Its own' }),
      entry('gpt-4*', { ...priced('2'), tags: ['fourth'] }),
      entry('gpt*', { ...priced('1'), tags: ['any'], vendor: 'Acme', description: 'Theirs' }),
    ]);
    expect(catalogue.find('gpt-4o')).toMatchObject({ ...priced('2'), description: 'Its own', tags: ['fourth'], vendor: 'Acme' });
    expect(catalogue.find('gpt-5')).toMatchObject({ ...priced('1'), description: 'Theirs', tags: ['any'] });
  });

  it.each([
    { says: {}, enabled: true, enabledBy: undefined },
    { says: { 'gpt*': false }, enabled: false, enabledBy: 'gpt*' },
    { says: { 'gpt-4o': true, 'gpt*': false }, enabled: true, enabledBy: 'gpt-4o' },
    { says: { 'gpt-4o': false, 'gpt*': true }, enabled: false, enabledBy: 'gpt-4o' },
    { says: { 'gpt-4*': undefined, 'gpt*': false, '*': true }, enabled: false, enabledBy: 'gpt*' },
    { says: { 'gpt-4*': true, 'gpt*': false }, enabled: true, enabledBy: 'gpt-4*' },
    { says: { '*-preview': false }, enabled: true, enabledBy: undefined },
  ])('has gpt-4o enabled ($enabled) where entries say $says', ({ says, enabled, enabledBy }) => {
    const stated = new Map<string, boolean | undefined>([['gpt-4o', undefined], ...Object.entries(says)]);
    const entries = [...stated].map(([name, value]) => entry(name, value === undefined ? {} : { enabled: value }));
    const found = new ModelCatalogue(entries).find('gpt-4o');
    expect([found?.enabled, found?.enabledBy]).toEqual([enabled, enabledBy]);
  });

  it.each([
    { title: 'that of the name, where nobody priced by hand', of: { 'gpt-4o': 'preset', 'gpt*': 'synced' }, pricedBy: 'gpt-4o' },
    { title: "a person's for many before one that was brought for one", of: { 'gpt-4o': 'preset', 'gpt*': 'manual' }, pricedBy: 'gpt*' },
    { title: "a person's for more before a synced one for fewer", of: { 'gpt-4*': 'synced', '*': 'manual' }, pricedBy: '*' },
    { title: "the most exact of two people's", of: { 'gpt-4*': 'manual', 'gpt*': 'manual' }, pricedBy: 'gpt-4*' },
    { title: "a person's for the name before all", of: { 'gpt-4o': 'manual', 'gpt*': 'manual' }, pricedBy: 'gpt-4o' },
    { title: 'that of a pattern, where the name has none', of: { 'gpt*': 'preset' }, pricedBy: 'gpt*' },
  ] as const)('has one price of several in force: $title', ({ of, pricedBy }) => {
    const entries = Object.entries(of).map(([name, source], index) => entry(name, priced(String(index + 1), source)));
    const found = new ModelCatalogue([entry('gpt-4o'), ...entries].filter(({ name }, at) => at > 0 || !(name in of))).find('gpt-4o');
    const [expected] = entries.filter(({ name }) => name === pricedBy);
    expect(found).toMatchObject({ price: expected?.price, priceSource: expected?.priceSource, pricedBy });
  });

  it('says of a pattern what holds for its names', () => {
    const catalogue = new ModelCatalogue([
      entry('gpt*', { enabled: false, ...priced('1') }),
      entry('gpt-4*', { description: 'Fourth' }),
      entry('*-mini'),
    ]);
    expect(catalogue.find('gpt-4*')).toMatchObject({ enabled: false, enabledBy: 'gpt*', pricedBy: 'gpt*', description: 'Fourth' });
    expect(catalogue.find('*-mini')).toMatchObject({ id: '*-mini', enabled: true });
  });

  it('knows by itself what adapters agree on, and believes an entry before them', () => {
    const hints = modelHintsOf([
      {
        knownModels: [
          { id: 'a', contextTokensMax: 1_000, outputTokensMax: 10 },
          { id: 'b', contextTokensMax: 5 },
        ],
      },
      { knownModels: [{ id: 'a', contextTokensMax: 2_000, outputTokensMax: 10 }, { id: 'c' }] },
      {},
    ]);
    const catalogue = new ModelCatalogue([entry('a'), entry('b', { contextTokensMax: 7 })], hints);
    expect(catalogue.find('a')).toEqual({ ...entry('a'), enabled: true, outputTokensMax: 10 });
    expect(catalogue.find('b')?.contextTokensMax).toBe(7);
  });

  it('gives the same object again, however many other names were asked for', () => {
    const catalogue = new ModelCatalogue([entry('gpt*', priced('1'))]);
    const first = catalogue.find('gpt-4o');
    expect(catalogue.find('gpt-4o')).toBe(first);
    for (let made = 0; made < 20_000; made += 1) catalogue.find(`invented-${made}`);
    expect(catalogue.find('gpt-4o')).toEqual(first);
  });
});
