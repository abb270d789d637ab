import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dollarsPerMillionOf, product } from '../pricing/index.js';
import { type OpenedTestDatabase, testDatabases } from '../../storage/test-database.js';
import { readModels } from './index.js';

/** As the product's documents print them: model ratio, completion ratio, US dollars per million tokens of input and output. */
const printed = [
  ['gpt-3.5-turbo', '0.25', '2', '0.5', '1'],
  ['gpt-4o', '1.25', '4', '2.5', '10'],
  ['gpt-4o-mini', '0.075', '4', '0.15', '0.6'],
  ['gpt-image-1', '2.5', '8', '5', '40'],
  ['o1', '7.5', '4', '15', '60'],
];

describe.each(testDatabases())('a fresh database on $kind', ({ open }) => {
  let opened: OpenedTestDatabase;

  beforeEach(async () => {
    opened = await open();
  });
  afterEach(() => opened.close());

  it('has the preset prices and no others', async () => {
    const models = await readModels(opened.database.knex);
    expect(models.every(({ enabled, priceSource }) => enabled === undefined && priceSource === 'preset')).toBe(true);
    const rows = models.map(({ name, price }) => {
      if (price?.by !== 'tokens') throw new Error(`${name} is not priced by tokens.`);
      const { modelRatio, completionRatio } = price;
      return [
        name,
        modelRatio,
        completionRatio,
        dollarsPerMillionOf(modelRatio),
        dollarsPerMillionOf(product(modelRatio, completionRatio)),
      ];
    });
    expect(rows).toEqual(printed);
  });
});
