import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../storage/database.js';
import { type OpenedTestDatabase, testDatabases } from '../storage/test-database.js';
import { NodeLease } from './node-lease.js';

const nodesOf = async (database: Database): Promise<readonly string[]> =>
  (await database.knex('nodes').select('id')).map((row: { readonly id: string }) => row.id);

describe.each(testDatabases())('node lease on $kind', ({ open }) => {
  let opened: OpenedTestDatabase;
  beforeEach(async () => {
    opened = await open();
  });
  afterEach(() => opened.close());

  const leaseOf = (database: Database, leaseMs: number): NodeLease =>
    new NodeLease({ database, leaseMs: () => leaseMs, onProblem: () => undefined });

  it('stands in the database while the node lives, and is given up at its end', async () => {
    const lease = leaseOf(opened.database, 30_000);
    await lease.start();
    expect(await nodesOf(opened.database)).toEqual([lease.nodeId]);
    await lease.close();
    expect(await nodesOf(opened.database)).toEqual([]);
  });
});

describe.each(testDatabases().filter(({ kind }) => kind === 'postgres'))('node lease among nodes on $kind', ({ open }) => {
  let opened: OpenedTestDatabase;
  beforeEach(async () => {
    opened = await open();
  });
  afterEach(() => opened.close());

  const leaseOf = (database: Database, leaseMs: number): NodeLease =>
    new NodeLease({ database, leaseMs: () => leaseMs, onProblem: () => undefined });

  it('has lapsed for its node no later than for the database, however long the answer was under way', async () => {
    const leaseMs = 200;
    const slow: Database = {
      ...opened.database,
      async write(work) {
        const result = await opened.database.write(work);
        await sleep(2 * leaseMs);
        return result;
      },
    };
    const lease = leaseOf(slow, leaseMs);
    await lease.start();
    expect(() => lease.nodeId).toThrow(/lost touch/);
    await lease.close();
  });

  it('leaves nodes alone whose lease runs, and removes one whose lease has lapsed', async () => {
    const [judge, living] = [leaseOf(opened.database, 600), leaseOf(opened.database, 30_000)];
    await judge.start();
    await living.start();
    await opened.database.write((transaction) => transaction('nodes').insert({ id: 'silent', started_at: 1, lease_expires_at: 1 }));
    expect(await judge.removeLapsed()).toBe(false);
    expect(await nodesOf(opened.database)).toContain('silent');
    while (!(await judge.removeLapsed())) await sleep(100);
    expect((await nodesOf(opened.database)).toSorted()).toEqual([judge.nodeId, living.nodeId].toSorted());
    await judge.close();
    await living.close();
  });
});
