import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../storage/database.js';
import { type OpenedTestDatabase, testDatabases } from '../storage/test-database.js';
import { PostgresPermits } from './postgres-permits.js';
import { PostgresWindows } from './postgres-windows.js';
import { grantOf } from './shared-counters.js';

const dayMs = 86_400_000;

describe.each(testDatabases().filter(({ kind }) => kind === 'postgres'))('counters in $kind', ({ open }) => {
  let opened: OpenedTestDatabase;
  let nodes: Database[];

  beforeEach(async () => {
    opened = await open();
    nodes = [opened.database, await openDatabase(opened.target), await openDatabase(opened.target)];
  });
  afterEach(async () => {
    await Promise.all(nodes.slice(1).map((node) => node.close()));
    await opened.close();
  });

  it('grant by the rule that the simulated ones grant by', async () => {
    const windows = new PostgresWindows(opened.database);
    let taken = 0;
    for (const { wanted, stock } of [
      { wanted: 1, stock: 0 },
      { wanted: 1, stock: 100 },
      { wanted: 10, stock: 3 },
      { wanted: 50, stock: 50 },
      { wanted: 40, stock: 1 },
      { wanted: 1, stock: 0 },
    ]) {
      const [grant] = await windows.take([{ key: 'k', windowMs: dayMs, limit: 100, wanted, stock }]);
      const expected = grantOf(100, taken, { wanted, stock });
      taken += expected;
      expect(grant).toMatchObject({ granted: expected, left: 100 - taken });
      expect(grant?.startedAt).toBe(Math.floor(Date.now() / dayMs) * dayMs);
      expect(grant?.endsInMs).toBeGreaterThan(0);
    }
    expect(taken).toBe(100);
  });

  it('never grant more than the limit to many at once, and take back what is not needed', async () => {
    const asks = Array.from({ length: 60 }, (_, index) => ({ key: `k${index % 2}`, windowMs: dayMs, limit: 100, wanted: 3, stock: 5 }));
    const windows = nodes.map((node) => new PostgresWindows(node));
    const take = (ask: (typeof asks)[number], index: number) =>
      windows[index % 3]?.take([ask, { ...ask, key: 'both' }]) ?? Promise.resolve([]);
    const grants = (await Promise.all(asks.map(take))).flat();
    expect(grants.reduce((sum, { granted }) => sum + granted, 0)).toBe(300);
    const [startedAt = 0] = grants.map((grant) => grant.startedAt);
    await windows[1]?.giveBack([
      { key: 'k0', startedAt, units: 7 },
      { key: 'k1', startedAt: startedAt - dayMs, units: 7 },
    ]);
    const ask = { windowMs: dayMs, limit: 100, wanted: 50, stock: 0 };
    const again = await windows[2]?.take([
      { ...ask, key: 'k0' },
      { ...ask, key: 'k1' },
    ]);
    expect(again?.map(({ granted }) => granted)).toEqual([7, 0]);
  });

  it('begin every window anew, and forget those that are over', async () => {
    const windows = new PostgresWindows(opened.database);
    await windows.take([{ key: 'k', windowMs: 1_000, limit: 5, wanted: 5, stock: 0 }]);
    await opened.database.write((transaction) => transaction('limit_windows').decrement('started_at', 1_000));
    const [grant] = await windows.take([{ key: 'k', windowMs: 1_000, limit: 5, wanted: 9, stock: 0 }]);
    expect(grant?.granted).toBe(5);
    await opened.database.write((transaction) => transaction('limit_windows').decrement('started_at', 10_000));
    await windows.removeOver();
    expect(await opened.database.knex('limit_windows').select('key')).toEqual([]);
  });

  it('share permits, and free those of a node that is removed', async () => {
    const ids = ['n0', 'n1', 'n2'];
    await opened.database.write((transaction) =>
      transaction('nodes').insert(ids.map((id) => ({ id, started_at: 1, lease_expires_at: 1 }))),
    );
    const permits = nodes.map((node, index) => new PostgresPermits(node, () => ids[index] ?? ''));
    const granted = await Promise.all(permits.map((one) => one.hold([{ key: 'k', limit: 10, used: 0, wanted: 6 }])));
    expect(granted.flat().reduce((sum, { held }) => sum + held, 0)).toBe(10);
    await opened.database.write((transaction) => transaction('nodes').whereNot('id', 'n2').delete());
    expect(await permits[2]?.hold([{ key: 'k', limit: 10, used: 0, wanted: 20 }])).toEqual([{ held: 10, left: 0 }]);
    expect(await permits[2]?.hold([{ key: 'k', limit: 4, used: 6, wanted: 20 }])).toEqual([{ held: 6, left: 0 }]);
    expect(await permits[2]?.hold([{ key: 'k', limit: 4, used: 0, wanted: 0 }])).toEqual([{ held: 0, left: 4 }]);
    expect(await opened.database.knex('limit_permits').select('key')).toEqual([]);
  });
});
