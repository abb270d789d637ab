import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenedTestDatabase, testDatabases } from '../../storage/test-database.js';
import { defaultChannelOptions, insertChannel, type StoredChannel } from '../channels/index.js';
import { modelPriceOf } from '../pricing/index.js';
import { insertModel, type Model, unpricedModels } from './index.js';

function channel(name: string, models: readonly string[], more: Partial<StoredChannel> = {}): StoredChannel {
  const upstream = { provider: 'p', config: {}, secrets: {}, modelMapping: {}, options: defaultChannelOptions, keys: [] };
  return { id: name, name, ...upstream, models, groups: ['default'], priority: 0, weight: 1, enabled: true, createdAt: 0, ...more };
}

function model(name: string, more: Partial<Model> = {}): Model {
  return { id: name, name, enabled: true, createdAt: 0, ...more };
}

describe.each(testDatabases())('models without a price on $kind', ({ open }) => {
  let opened: OpenedTestDatabase;

  beforeEach(async () => {
    opened = await open();
  });
  afterEach(() => opened.close());

  it('are those that enabled channels offer, known or not', async () => {
    const price = modelPriceOf({ modelRatio: '1' });
    if (price === undefined) throw new Error('no price');
    await opened.database.write(async (transaction) => {
      await insertModel(transaction, model('priced', { price }));
      await insertModel(transaction, model('known'));
      await insertModel(transaction, model('disabled', { enabled: false }));
      await insertModel(transaction, model('offered-nowhere'));
      await insertChannel(transaction, channel('one', ['priced', 'known', 'unknown', 'disabled']));
      await insertChannel(transaction, channel('two', ['unknown'], { groups: ['vip', 'default'] }));
      await insertChannel(transaction, channel('off', ['asleep'], { enabled: false }));
    });
    expect(await unpricedModels(opened.database)).toEqual([
      { model: 'known', channels: ['one'], groups: ['default'] },
      { model: 'unknown', channels: ['one', 'two'], groups: ['default', 'vip'] },
    ]);
  });
});
