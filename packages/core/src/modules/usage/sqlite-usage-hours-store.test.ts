import { join } from 'node:path';
import Sqlite, { type Database as SqliteConnection } from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrate } from '../../storage/migrate.js';
import { migrations } from '../../storage/migrations/index.js';
import { type OpenedTestDatabase, testDatabases } from '../../storage/test-database.js';
import { SqliteUsageHoursStore } from './sqlite-usage-hours-store.js';
import { type UsageHourRow, usageHourKeys, usageHourSums } from './usage-hour.js';

const hour = 1_764_000_000_000;
const isBeforeSeries = ({ name }: { readonly name: string }) => name < '0022';

function rowOf(channelId: string, calls: bigint, at = hour): UsageHourRow {
  const key = [at, 'node', 'user', '', 'model', channelId, 'default'];
  return { name: key.join('\0'), key, sums: usageHourSums.map((column) => (column === 'calls' ? calls : 0n)) };
}

describe.each(testDatabases().filter(({ kind }) => kind === 'sqlite'))('hourly sums in the SQLite file', (databases) => {
  let opened: OpenedTestDatabase;
  let connection: SqliteConnection;
  beforeEach(async () => {
    opened = await databases.open({ migrated: false });
  });
  afterEach(async () => {
    connection?.close();
    await opened.close();
  });

  async function openStore(): Promise<SqliteUsageHoursStore> {
    await migrate(opened.database);
    connection = new Sqlite(join(opened.target.dataFolder, 'tollgate.sqlite'));
    connection.defaultSafeIntegers(true);
    return new SqliteUsageHoursStore(connection);
  }

  const callsByChannel = () => connection.prepare('select hour, channel_id, calls from usage_hours order by hour, channel_id').raw().all();
  const seriesCount = () => connection.prepare('select count(*) from usage_series').pluck().get();

  it('adds to the row of an hour, and names a series once for all its hours', async () => {
    const store = await openStore();
    for (const row of [rowOf('a', 1n), rowOf('b', 1n), rowOf('a', 2n), rowOf('a', 5n, hour + 3_600_000)]) store.add(row);
    expect(callsByChannel()).toEqual([
      [BigInt(hour), 'a', 3n],
      [BigInt(hour), 'b', 1n],
      [BigInt(hour + 3_600_000), 'a', 5n],
    ]);
    expect(seriesCount()).toBe(2n);
    expect(() => new SqliteUsageHoursStore(connection).add(rowOf('a', 1n))).not.toThrow();
    expect(seriesCount()).toBe(2n);
  });

  it('opens a series again whose transaction was rolled back', async () => {
    const store = await openStore();
    connection.exec('begin');
    store.add(rowOf('a', 1n));
    connection.exec('rollback');
    store.forget();
    store.add(rowOf('a', 1n));
    expect(callsByChannel()).toEqual([[BigInt(hour), 'a', 1n]]);
  });

  it('takes over what older releases have summed up', async () => {
    await migrate(opened.database, migrations.filter(isBeforeSeries));
    const old = [rowOf('a', 3n), rowOf('b', 4n), rowOf('a', 7n, hour + 3_600_000)].map(({ key, sums }) => ({
      ...Object.fromEntries(usageHourKeys.map((column, index) => [column, key[index]])),
      ...Object.fromEntries(usageHourSums.map((column, index) => [column, Number(sums[index]) + index])),
    }));
    await opened.database.write((transaction) => transaction('usage_hours').insert(old));
    const before = await opened.database.knex('usage_hours').orderBy(['hour', 'channel_id']).select(usageHourKeys).select(usageHourSums);
    const store = await openStore();
    expect(await opened.database.knex('usage_hours').orderBy(['hour', 'channel_id']).select(usageHourKeys).select(usageHourSums)).toEqual(
      before,
    );
    store.add(rowOf('b', 6n));
    expect(callsByChannel()).toContainEqual([BigInt(hour), 'b', 10n]);
    expect(seriesCount()).toBe(2n);
  });
});
