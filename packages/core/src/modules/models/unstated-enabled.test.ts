import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrate } from '../../storage/migrate.js';
import { migrations } from '../../storage/migrations/index.js';
import { type OpenedTestDatabase, testDatabases } from '../../storage/test-database.js';
import { insertModel, readModels, updateModel } from './index.js';

const price = JSON.stringify({ by: 'tokens', modelRatio: '1' });
const before = [
  { name: 'disabled', enabled: 0, price: null, price_source: null, means: false },
  { name: 'facts', enabled: 1, price: null, price_source: null, means: undefined },
  { name: 'manual', enabled: 1, price, price_source: 'manual', means: true },
  { name: 'preset', enabled: 1, price, price_source: 'preset', means: undefined },
  { name: 'synced', enabled: 1, price, price_source: 'synced', means: undefined },
  { name: 'synced-and-disabled', enabled: 0, price, price_source: 'synced', means: false },
];

describe.each(testDatabases())('whether an entry says that it is enabled, on $kind', ({ open }) => {
  let opened: OpenedTestDatabase;
  beforeEach(async () => {
    opened = await open({ migrated: false });
    await migrate(
      opened.database,
      migrations.filter(({ name }) => name < '0023'),
    );
    await opened.database.write(async (transaction) => {
      await transaction('models').delete();
      await transaction('models').insert(before.map(({ means: _means, ...row }) => ({ id: row.name, created_at: 1, ...row })));
    });
    await migrate(opened.database);
  });
  afterEach(() => opened.close());

  const stored = async () => Object.fromEntries((await readModels(opened.database.knex)).map(({ name, enabled }) => [name, enabled]));

  it('is no for those from before that are enabled and that nobody priced by hand', async () => {
    expect(await stored()).toEqual(Object.fromEntries(before.map(({ name, means }) => [name, means])));
  });

  it('is kept as it was written, and heard from a node of the release before', async () => {
    await opened.database.write(async (transaction) => {
      for (const enabled of [true, false, undefined]) {
        const model = { id: `new-${enabled}`, name: `new-${enabled}`, createdAt: 1, ...(enabled === undefined ? {} : { enabled }) };
        await insertModel(transaction, model);
        await updateModel(transaction, model);
      }
      await transaction('models').where({ name: 'preset' }).update({ enabled: 0 });
      const older = { enabled: 1, created_at: 1 };
      await transaction('models').insert({ id: 'older', name: 'older', ...older });
      await transaction('models').insert({ id: 'older-manual', name: 'older-manual', price, price_source: 'manual', ...older });
      await transaction('models').insert({ id: 'older-synced', name: 'older-synced', price, price_source: 'synced', ...older });
    });
    expect(await stored()).toMatchObject({ 'new-true': true, 'new-false': false, 'new-undefined': undefined, preset: false });
    expect(await stored()).toMatchObject({ older: undefined, 'older-synced': undefined, 'older-manual': true });
  });
});
