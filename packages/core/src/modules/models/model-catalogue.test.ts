import { describe, expect, it } from 'vitest';
import { modelPriceOf } from '../pricing/index.js';
import { ModelCatalogue } from './model-catalogue.js';
import { modelHintsOf } from './model-hints.js';
import type { Model } from './model.js';

const entry = (name: string, more: Partial<Model> = {}): Model => ({ id: name, name, enabled: true, createdAt: 0, ...more });
const priced = (modelRatio: string): Pick<Model, 'price' | 'priceSource'> => {
  const price = modelPriceOf({ modelRatio });
  if (price === undefined) throw new Error('There is no price.');
  return { price, priceSource: 'manual' };
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

  it('asks the first entry alone whether a model is switched on', () => {
    const catalogue = new ModelCatalogue([entry('gpt-4o'), entry('gpt*', { enabled: false })]);
    expect([catalogue.find('gpt-4o')?.enabled, catalogue.find('gpt-4')?.enabled]).toEqual([true, false]);
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
    expect(catalogue.find('a')).toEqual({ ...entry('a'), outputTokensMax: 10 });
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
