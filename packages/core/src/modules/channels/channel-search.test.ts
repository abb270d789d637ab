import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SecretBox } from '../../foundation/secret-box.js';
import { type OpenedTestDatabase, testDatabases } from '../../storage/test-database.js';
import type { ChannelFilter } from './channel-filter.js';
import { defaultChannelOptions } from './channel-options.js';
import { comparableFilter } from './channel-search.js';
import { findChannelHeads } from './channel-search-store.js';
import { sealConfig, sealKeys } from './channel-secrets.js';
import { insertChannel, type StoredChannel } from './channel-store.js';
import { testChannel } from './test-channel.js';
import { testProvider } from './test-provider.js';

const secretBox = new SecretBox('a master secret of at least 32 characters');
const keyOf = (name: string): string => `sk-a-${name}-${'0123456789'.repeat(3)}-${name}`;

function listing(name: string, keys: readonly string[], box = secretBox): StoredChannel {
  const channel = testChannel(name, box);
  const { config } = sealConfig(testProvider, channel.id, { baseUrl: 'http://127.0.0.1:1' }, defaultChannelOptions, box);
  const given = keys.map((apiKey) => ({ secrets: { apiKey }, enabled: true }));
  return { ...channel, config, secrets: {}, keys: sealKeys(channel.id, given, [], 1, box) };
}

function holding(name: string, apiKey: string): StoredChannel {
  const channel = testChannel(name, secretBox);
  return {
    ...channel,
    ...sealConfig(testProvider, channel.id, { baseUrl: 'http://127.0.0.1:1', apiKey }, defaultChannelOptions, secretBox),
  };
}

describe.each(testDatabases())('search for channels on $kind', ({ kind, open }) => {
  let opened: OpenedTestDatabase;

  beforeEach(async () => {
    opened = await open();
  });
  afterEach(() => opened.close());

  const store = (...channels: readonly StoredChannel[]): Promise<void> =>
    opened.database.write(async (transaction) => {
      for (const channel of channels) await insertChannel(transaction, channel);
    });
  async function found(filter: ChannelFilter): Promise<readonly string[]> {
    const { knex } = opened.database;
    const heads = await findChannelHeads(knex, kind, await comparableFilter(knex, filter, secretBox));
    return heads.map(({ name }) => name).sort();
  }

  it('finds a part of a name in any case of any alphabet, and takes no character for another', async () => {
    const [primary, ...others] = ['Основной', 'ärger 100%', 'Zürich_1', 'ZürichX1'].map((name) => testChannel(name, secretBox));
    await store(primary as StoredChannel, ...others);
    for (const part of ['Осн', 'осн', 'ОСНОВНОЙ', 'Основной']) expect(await found({ name: part }), part).toEqual(['Основной']);
    expect(await found({ name: 'ÄRGER' })).toEqual(['ärger 100%']);
    expect(await found({ name: '0%' })).toEqual(['ärger 100%']);
    expect(await found({ name: 'ÜRICH_' })).toEqual(['Zürich_1']);
    expect(await found({ name: 'основа' })).toEqual([]);
    expect(await found({ name: 'осн', ids: others.map(({ id }) => id) })).toEqual([]);
    expect(await found({ name: 'осн', ids: [primary?.id ?? '', 'nobody'] })).toEqual(['Основной']);
  });

  it('finds a whole key exactly, listed or in the configuration', async () => {
    await store(
      listing('list', [keyOf('one'), keyOf('two')]),
      listing('same hint', [keyOf('two').replace('234', '432')]),
      holding('config', keyOf('three')),
      holding('short', 'my-own-secret'),
      listing('short in a list', ['my-own-key']),
    );
    expect(await found({ keyHint: keyOf('two') })).toEqual(['list']);
    expect(await found({ keyHint: keyOf('three') })).toEqual(['config']);
    expect(await found({ keyHint: 'my-own-secret' })).toEqual(['short']);
    expect(await found({ keyHint: 'my-own-key' })).toEqual(['short in a list']);
    expect(await found({ keyHint: keyOf('four') }), 'another whole key').toEqual([]);
  });

  it('finds a whole key that was stored with the line break of its file', async () => {
    await store(
      listing('list', [`${keyOf('one')}\n`]),
      holding('config', `${keyOf('two')}\n`),
      listing('same hint', [keyOf('one').replace('234', '432')]),
    );
    expect(await found({ keyHint: keyOf('one') })).toEqual(['list']);
    expect(await found({ keyHint: keyOf('two') })).toEqual(['config']);
  });

  it('finds what hints show, and compares no more of a beginning than they do', async () => {
    await store(
      listing('list', [keyOf('one')]),
      holding('config', keyOf('two')),
      holding('another', `pk-b-${'9'.repeat(30)}`),
      holding('short', 'sk-a-short'),
    );
    expect(await found({ keyHint: 'sk-a' })).toEqual(['config', 'list']);
    expect(await found({ keyHint: '-two' })).toEqual(['config']);
    expect(await found({ keyHint: '-one' })).toEqual(['list']);
    expect(await found({ keyHint: 'sk-a…-one' })).toEqual(['list']);
    expect(await found({ keyHint: 'pk-b-99' })).toEqual(['another']);
    // Else whoever sees hints alone could find out the rest, character by character.
    expect(await found({ keyHint: 'sk-a-on' })).toEqual(await found({ keyHint: 'sk-a-xx' }));
    expect(await found({ keyHint: keyOf('one').slice(0, 30) })).toEqual([]);
    expect(await found({ keyHint: 'sk-a', name: 'LIST' })).toEqual(['list']);
  });

  it('goes on where a key cannot be decrypted', async () => {
    await store(
      listing('of another secret', [keyOf('one')], new SecretBox('another master secret, as long as it must be')),
      testChannel('likewise', new SecretBox('another master secret, as long as it must be')),
      holding('config', keyOf('two')),
    );
    expect(await found({ keyHint: keyOf('one') })).toEqual([]);
    expect(await found({ keyHint: keyOf('two') })).toEqual(['config']);
  });

  it('looks at all of many channels', async () => {
    await store(...Array.from({ length: 600 }, (_, index) => holding(`c-${index}`, keyOf(`n${index}`))));
    expect(await found({ keyHint: keyOf('n0') })).toEqual(['c-0']);
    expect(await found({ keyHint: keyOf('n599') })).toEqual(['c-599']);
    expect(await found({ keyHint: 'sk-a' })).toHaveLength(600);
  });
});
