import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StorageUnavailableError } from '../../foundation/errors.js';
import { createLogger } from '../../foundation/logger.js';
import type { Database } from '../../storage/database.js';
import { type OpenedTestDatabase, testDatabases } from '../../storage/test-database.js';
import { KeyUsage } from './key-usage.js';

const log = createLogger('silent');
const keyCount = 250;

describe.each(testDatabases())('counters of keys on $kind', ({ open }) => {
  let opened: OpenedTestDatabase;
  beforeEach(async () => {
    opened = await open();
    const { database } = opened;
    const channel = { id: 'c', name: 'c', provider: 'test', config: '{}', secrets: '{}', models: '[]', model_mapping: '{}', groups: '[]' };
    const key = { channel_id: 'c', secrets: '{}', hint: '…', enabled: 1, created_at: 1 };
    await database.write(async (transaction) => {
      await transaction('channels').insert({ ...channel, priority: 0, weight: 1, enabled: 1, created_at: 1 });
      for (let index = 0; index < keyCount; index += 1)
        await transaction('channel_keys').insert({ ...key, id: `k${index}`, fingerprint: `f${index}`, position: index });
    });
  });
  afterEach(() => opened.close());

  /** Each took four milliseconds. */
  const used = (keyId: string, outcome: 'served' | 'failed' | 'other', at: number) => ({ keyId, outcome, startedAt: at - 4, at });

  it('add up over nodes, whichever writes first', async () => {
    const [one, other] = [new KeyUsage(opened.database, log), new KeyUsage(opened.database, log)];
    for (const outcome of ['served', 'served', 'failed'] as const) one.note(used('k0', outcome, 20));
    other.note(used('k0', 'served', 10));
    other.note(used('k1', 'other', 30));
    await Promise.all([one.flush(), other.flush()]);
    one.note(used('k1', 'failed', 30));
    expect(await one.lastServedOf(['c', 'gone'])).toEqual(new Map([['c', 16]]));
    other.note(used('k1', 'served', 25));
    expect(await other.lastServedOf(['c'])).toEqual(new Map([['c', 21]]));
    other.note(used('k1', 'served', 5));
    expect(await other.lastServedOf(['c'])).toEqual(new Map([['c', 21]]));
    expect(await one.countsOf('c')).toEqual(
      new Map([
        ['k0', { served: 3, failed: 1, lastUsedAt: 20 }],
        ['k1', { served: 2, failed: 1, lastUsedAt: 30 }],
      ]),
    );
  });

  it('are written for the one key in the configuration of a channel, known by the channel', async () => {
    await opened.database.write((transaction) => transaction('channel_keys').delete());
    const usage = new KeyUsage(opened.database, log);
    usage.note(used('c', 'served', 5));
    usage.note(used('c', 'failed', 7));
    usage.note(used('gone', 'served', 1));
    const counts = { served: 1, failed: 1, lastUsedAt: 7 };
    expect(await usage.ofConfigKeys(['c', 'gone'])).toEqual(new Map([['c', counts]]));
  });

  it('are written for many keys at once, and for none that is gone or stands in no list', async () => {
    const usage = new KeyUsage(opened.database, log);
    for (let index = 0; index < keyCount; index += 1) usage.note(used(`k${index}`, 'served', index));
    usage.note(used('gone', 'served', 1));
    usage.note(used('c', 'served', 1));
    const counts = await usage.countsOf('c');
    expect(counts.size).toBe(keyCount);
    expect(await opened.database.knex('key_usage').where('key_id', 'gone')).toEqual([]);
  });

  it('wait for a database that is away', async () => {
    let isAway = true;
    const database: Database = {
      ...opened.database,
      write: (work) => (isAway ? Promise.reject(new StorageUnavailableError('Away.')) : opened.database.write(work)),
    };
    const usage = new KeyUsage(database, log);
    usage.note(used('k0', 'served', 5));
    const failing = usage.flush();
    usage.note(used('k0', 'failed', 6));
    await expect(failing).rejects.toThrow('Away.');
    isAway = false;
    expect(await usage.countsOf('c')).toEqual(new Map([['k0', { served: 1, failed: 1, lastUsedAt: 6 }]]));
  });
});
