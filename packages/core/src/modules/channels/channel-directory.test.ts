import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Logger } from '../../foundation/logger.js';
import { SecretBox } from '../../foundation/secret-box.js';
import { type OpenedTestDatabase, testDatabases } from '../../storage/test-database.js';
import { ChannelDirectory } from './channel-directory.js';
import { insertChannel, type StoredChannel, updateChannel } from './channel-store.js';
import { testChannel } from './test-channel.js';
import { testProvider } from './test-provider.js';

const secretBox = new SecretBox('a master secret of at least 32 characters');

function channelOf(name: string, change: Partial<StoredChannel> = {}): StoredChannel {
  return testChannel(name, secretBox, change);
}

describe.each(testDatabases())('channel directory on $kind', ({ open }) => {
  let opened: OpenedTestDatabase;
  let warnings: string[];
  let directory: ChannelDirectory;

  async function load(...channels: readonly StoredChannel[]): Promise<void> {
    await opened.database.write(async (transaction) => {
      for (const channel of channels) await insertChannel(transaction, channel);
    });
    await directory.reload();
  }
  const channelsFor = (model: string, group: string) => directory.candidatesFor(model, group).levels.flatMap(({ channels }) => channels);
  const namesFor = (model: string, group: string) => channelsFor(model, group).map(({ name }) => name);

  beforeEach(async () => {
    opened = await open();
    warnings = [];
    const log = { warn: (_facts: object, message: string) => warnings.push(message) } as unknown as Logger;
    directory = new ChannelDirectory(opened.database, new Map([['test', testProvider]]), secretBox, log);
  });
  afterEach(() => opened.close());

  it('finds the enabled channels of a group for a model, highest priority first', async () => {
    await load(
      channelOf('low', { priority: -1 }),
      channelOf('high', { priority: 5, groups: ['default', 'vip'] }),
      channelOf('off', { enabled: false }),
      channelOf('other', { models: ['n'], groups: ['vip'] }),
    );
    expect(namesFor('m', 'default')).toEqual(['high', 'low']);
    expect(namesFor('m', 'vip')).toEqual(['high']);
    expect(namesFor('m', 'nobody')).toEqual([]);
    expect(directory.modelsFor('vip')).toEqual([
      { name: 'm', owner: 'test' },
      { name: 'n', owner: 'test' },
    ]);
    expect(Object.isFrozen(directory.candidatesFor('m', 'default'))).toBe(true);
  });

  it('hands out validated configurations with secrets in clear, which are sealed at rest', async () => {
    const channel = channelOf('main', { modelMapping: { m: 'm-1' } });
    await load({ ...channel, config: { ...channel.config, dialects: ['test-words'] } });
    expect(channelsFor('m', 'default')[0]).toMatchObject({
      config: { baseUrl: 'http://127.0.0.1:1', apiKey: 'key of main', timeoutMs: 1_000 },
      dialects: new Set(['test-words']),
    });
    expect(channelsFor('m', 'default')[0]?.modelMapping.get('m')).toBe('m-1');
    expect(JSON.stringify(await opened.database.knex('channels').select('config', 'secrets'))).not.toContain('key of main');
  });

  it('leaves out channels that cannot be used, with a warning that names each and no secret', async () => {
    const foreign = channelOf('foreign');
    await load(
      channelOf('fine'),
      channelOf('gone', { provider: 'gone' }),
      channelOf('keyless', { secrets: {} }),
      channelOf('mixed', { config: { baseUrl: 'http://127.0.0.1:1', dialects: ['klingon'] } }),
      { ...foreign, secrets: channelOf('another').secrets },
    );
    expect(namesFor('m', 'default')).toEqual(['fine']);
    expect(warnings).toHaveLength(4);
    expect(warnings.join('\n')).toMatch(
      /"foreign".*\n.*"gone".*"gone"\.\n.*"keyless".*config\.apiKey.*\n.*"mixed".*does not speak "klingon"/,
    );
    expect(warnings.join('\n')).not.toContain('key of');
  });

  it('keeps what it had until it is reloaded', async () => {
    const channel = channelOf('main');
    await load(channel);
    const before = directory.candidatesFor('m', 'default');
    await opened.database.write((transaction) => updateChannel(transaction, { ...channel, enabled: false }));
    expect(directory.candidatesFor('m', 'default')).toBe(before);
    await directory.reload();
    expect(namesFor('m', 'default')).toEqual([]);
  });
});
