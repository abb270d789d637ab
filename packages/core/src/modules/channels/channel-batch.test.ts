import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SecretBox } from '../../foundation/secret-box.js';
import { type OpenedTestDatabase, testDatabases } from '../../storage/test-database.js';
import { ConfigurationEditor } from '../changes/index.js';
import { type ChannelBatch, type ChannelBatchDoors, changeChannels } from './channel-batch.js';
import { ChannelDesk } from './channel-desk.js';
import { insertChannel, type StoredChannel } from './channel-store.js';
import { ChannelsTooManyError, InvalidChannelError } from './channels-errors.js';
import { openOptions } from './channel-secrets.js';
import { testChannel } from './test-channel.js';
import { testProvider } from './test-provider.js';

const secretBox = new SecretBox('a master secret of at least 32 characters');
const clock = { now: () => 1 };
const author = { kind: 'api' as const };

/** Every field that a batch can state, with a value of its own. */
const stated = {
  groups: ['default'],
  priority: 3,
  weight: 4,
  enabled: false,
  modelMapping: { m: 'upstream-m' },
  tag: 'eu',
  remark: 'Told together.',
  keyOrder: 'in-turn',
  costRatio: '0.5',
  timeouts: { firstByteMs: 5_000 },
  parameters: [{ set: { temperature: 0 } }],
  systemPrompt: { text: 'Be kind.', how: 'prepend' },
  thinkingToContent: true,
  headers: [{ models: ['m*'], remove: ['x-debug'] }],
  statusMapping: { 404: 503 },
  limits: { requestsPerMinute: 5 },
  keyLimits: { concurrentCalls: 2 },
  spendCaps: { day: '10.5' },
  testModel: 'm',
  syncModels: false,
  autoDisable: false,
  allowPrivate: true,
  proxy: 'http://user:secret@proxy.example:3128',
};

describe.each(testDatabases())('a change of many channels on $kind', ({ open }) => {
  let opened: OpenedTestDatabase;
  let doors: ChannelBatchDoors;
  let desk: ChannelDesk;

  beforeEach(async () => {
    opened = await open();
    const { database } = opened;
    const editor = new ConfigurationEditor({ database, clock, onChanged: async () => undefined });
    const surroundings = { database, editor, secretBox, providers: new Map([['test', testProvider]]), clock };
    doors = { ...surroundings, failing: () => ({ channels: new Set(), keys: new Set() }), failingModels: () => new Set() };
    desk = new ChannelDesk(surroundings);
    const options = {
      allowPrivate: true,
      keyOrder: 'random',
      costRatio: '1',
      thinkingToContent: false,
      syncModels: true,
      autoDisable: true,
    };
    for (const name of ['one', 'many', 'other'])
      await add(testChannel(name, secretBox, {}, { options: options as StoredChannel['options'] }));
  });
  afterEach(() => opened.close());

  const add = (channel: StoredChannel): Promise<void> => opened.database.write((transaction) => insertChannel(transaction, channel));
  const change = (name: string, batch: ChannelBatch) => changeChannels(doors, author, { name }, batch);
  const named = async (name: string): Promise<StoredChannel> => (await desk.all({ name }))[0] as StoredChannel;
  /** All that is said of a channel, but whose it is. */
  async function saidOf(name: string): Promise<object> {
    const { id: _id, name: _name, version: _version, config, secrets, ...rest } = await named(name);
    const channel = await named(name);
    return { ...rest, config, secretNames: Object.keys(secrets), options: openOptions(channel.id, channel, secretBox) };
  }

  it('does to each what a change of one does to it, field by field, and back', async () => {
    const one = await named('one');
    for (const [field, value] of Object.entries(stated))
      for (const to of [value, null, value]) {
        await desk.change(author, one.id, undefined, { [field]: to });
        await change('many', { fields: { [field]: to } });
        expect(await saidOf('many'), `${field} ${JSON.stringify(to)}`).toEqual(await saidOf('one'));
      }
    expect((await named('many')).options).toMatchObject({ spendCaps: { day: '10.5' }, tag: 'eu' });
    expect(await saidOf('many')).toMatchObject({ options: { proxy: stated.proxy }, secretNames: ['apiKey', '@proxy'] });
    expect((await named('other')).weight).toBe(1);
    expect(await change('many', { fields: stated })).toEqual({ matched: 1, changed: 0 });
  });

  it('maps names piece by piece', async () => {
    await change('many', { addModelMapping: { a: 'x', b: 'y' } });
    await change('many', { addModelMapping: { b: 'z', 'c-*': '*' }, removeModelMapping: ['a'] });
    expect((await named('many')).modelMapping).toEqual({ b: 'z', 'c-*': '*' });
    await change('many', { fields: { modelMapping: { d: 'd1' } }, addModelMapping: { e: 'e1' } });
    expect((await named('many')).modelMapping).toEqual({ d: 'd1', e: 'e1' });
    await change('many', { fields: { modelMapping: null } });
    expect((await named('many')).modelMapping).toEqual({});
  });

  it('is checked as a change of one is, names the channel that it does not fit, and changes none then', async () => {
    await add({ ...testChannel('orphan', secretBox), provider: 'gone' });
    const refused = changeChannels(doors, author, {}, { fields: { weight: 9, proxy: 'http://proxy.example:1' } });
    await expect(refused).rejects.toThrow(InvalidChannelError);
    await expect(refused).rejects.toThrow('provider: Channel "orphan": No plugin provides "gone".');
    expect((await desk.all({})).map(({ weight }) => weight)).toEqual([1, 1, 1, 1]);
    await expect(change('one', { fields: { groups: ['nobody'] } })).rejects.toThrow('There is no group "nobody".');
  });

  it('ends what failures have disabled where it enables, be it by the default', async () => {
    const { id } = await named('one');
    doors = { ...doors, failing: () => ({ channels: new Set([id]), keys: new Set() }) };
    for (const enabled of [true, null])
      expect(await change('one', { fields: { enabled } }), String(enabled)).toEqual({ matched: 1, changed: 1 });
    expect(await change('one', { fields: { weight: 1 } })).toEqual({ matched: 1, changed: 0 });
  });

  it('reaches those whose plugin is gone, as long as it needs nothing of it', async () => {
    await add({ ...testChannel('orphan', secretBox), provider: 'gone' });
    expect(await change('orphan', { fields: { enabled: false, spendCaps: { month: '1' } } })).toEqual({ matched: 1, changed: 1 });
    expect(await named('orphan')).toMatchObject({ enabled: false, options: { spendCaps: { month: '1' } } });
  });

  it('is refused where it means more than one transaction shall change', async () => {
    await opened.database.write(async (transaction) => {
      for (let index = 0; index < 998; index += 1) await insertChannel(transaction, testChannel(`c${index}`, secretBox));
    });
    await expect(changeChannels(doors, author, {}, { fields: { weight: 2 } })).rejects.toThrow(ChannelsTooManyError);
    expect((await named('one')).weight).toBe(1);
  });
});
