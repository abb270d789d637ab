import { verdictForKind } from '@tollgate/plugin-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../foundation/clock.js';
import type { Logger } from '../../foundation/logger.js';
import { SecretBox } from '../../foundation/secret-box.js';
import { type OpenedTestDatabase, testDatabases } from '../../storage/test-database.js';
import { deleteChannel, insertChannel, type StoredChannel } from '../channels/index.js';
import { testChannel } from '../channels/test-channel.js';
import { testProvider } from '../channels/test-provider.js';
import { ChannelBalances } from './channel-balances.js';
import { ChannelTests } from './channel-tests.js';

const secretBox = new SecretBox('a master secret of at least 32 characters');
const log = { warn: () => undefined, info: () => undefined } as unknown as Logger;
/** Says what is left where nobody answers. */
const balance = { requests: () => [{ method: 'GET', url: 'http://127.0.0.1:1/', headers: {} }] as const, read: () => undefined };
const providers = new Map([['test', { ...testProvider, balance }]]);

describe.each(testDatabases())('channels that are deleted while their upstreams are asked, on $kind', ({ open }) => {
  let opened: OpenedTestDatabase;
  let channel: StoredChannel;

  beforeEach(async () => {
    opened = await open();
    channel = testChannel('short-lived', secretBox);
    await opened.database.write((transaction) => insertChannel(transaction, channel));
  });
  afterEach(() => opened.close());

  /** What is asked reads the channel before its end is there for all to see, and has its answer to write down before it, too. */
  async function whileDeleted(asked: () => Promise<unknown>): Promise<void> {
    let commit: () => void = () => undefined;
    const committed = new Promise<void>((resolve) => {
      commit = resolve;
    });
    let deleted: () => void = () => undefined;
    const isDeleted = new Promise<void>((resolve) => {
      deleted = resolve;
    });
    const deleting = opened.database.write(async (transaction) => {
      await deleteChannel(transaction, channel.id);
      deleted();
      await committed;
    });
    await isDeleted;
    const asking = asked();
    await Promise.race([asking, new Promise((resolve) => setTimeout(resolve, 300))]);
    commit();
    await Promise.all([deleting, asking]);
  }

  it('have nothing written down of what is left for them', async () => {
    const ioOf = () => Promise.reject(new Error('Nothing is signed.')) as never;
    const balances = new ChannelBalances({
      database: opened.database,
      providers,
      secretBox,
      ioOf,
      userAgent: 'tollgate',
      clock: systemClock,
      log,
    });
    await whileDeleted(async () => {
      const { keys } = await balances.refresh(channel.id);
      expect(keys).toMatchObject([{ failure: { code: expect.any(String) as string } }]);
    });
    expect(await opened.database.knex('key_balances').select('key_id')).toEqual([]);
  });

  it('have nothing written down of their tests', async () => {
    const tests = new ChannelTests({
      database: opened.database,
      providers,
      secretBox,
      tryChannel: async (_channel, key, { model, stream }) => ({
        report: { ok: false, model, stream, keyId: key.id, keyHint: key.hint, durationMs: 1 },
        verdict: verdictForKind('server', 502, 'It failed.', 'upstream_failed'),
        startedAt: 1,
      }),
      health: { keyBlocked: () => undefined, report: () => undefined, enable: async () => undefined, list: () => [] },
      settings: () => ({ timeoutMs: 1_000, everyMinutes: 0, scheduled: 'all' }),
      channels: () => [],
      clock: systemClock,
      log,
    });
    await whileDeleted(() => tests.test(channel.id, {}, 'root'));
    expect(await opened.database.knex('channel_findings').select('kind')).toEqual([]);
  });
});
