import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StorageUnavailableError } from '../foundation/errors.js';
import { openDatabase, type Transaction } from './database.js';
import { migrate } from './migrate.js';
import { isUniqueViolation } from './storage-failure.js';
import { type OpenedTestDatabase, testDatabases } from './test-database.js';

describe.each(testDatabases())('database on $kind', ({ open }) => {
  let opened: OpenedTestDatabase;
  beforeEach(async () => {
    opened = await open({ migrated: false });
    await opened.database.write((transaction) => transaction.raw('create table coins (id text primary key, amount bigint not null)'));
  });
  afterEach(() => opened.close());

  it('brings 64-bit integers back exactly', async () => {
    const amount = 9_007_199_254_740_993n;
    await opened.database.write((transaction) => transaction('coins').insert({ id: 'a', amount }));
    expect(await opened.database.knex('coins').first('amount')).toEqual({ amount });
  });

  it('undoes a transaction whose work fails, and says why', async () => {
    const failure = new Error('no');
    const work = opened.database.write(async (transaction) => {
      await transaction('coins').insert({ id: 'a', amount: 1n });
      throw failure;
    });
    await expect(work).rejects.toBe(failure);
    expect(await opened.database.knex('coins').select()).toEqual([]);
  });

  it('lets writers of two connections take turns', async () => {
    const other = await openDatabase(opened.target);
    const addOne = (database: typeof other) =>
      database.write(async (transaction) => {
        await transaction('coins').insert({ id: 'a', amount: 0n }).onConflict('id').ignore();
        await transaction('coins').increment('amount', 1);
      });
    await Promise.all(Array.from({ length: 20 }, (_, index) => addOne(index % 2 === 0 ? other : opened.database)));
    expect(await opened.database.knex('coins').first('amount')).toEqual({ amount: 20n });
    await other.close();
  });

  it('shows one moment to a snapshot, whatever is written meanwhile', async () => {
    await opened.database.snapshot(async (transaction) => {
      expect(await transaction('coins').select()).toEqual([]);
      await opened.database.write((writing) => writing('coins').insert({ id: 'a', amount: 1n }));
      expect(await transaction('coins').select()).toEqual([]);
    });
    expect(await opened.database.knex('coins').select()).toHaveLength(1);
  });

  it('recognises a row that exists already', async () => {
    const insert = () => opened.database.write((transaction) => transaction('coins').insert({ id: 'a', amount: 1n }));
    await insert();
    const error: unknown = await insert().catch((reason: unknown) => reason);
    expect(isUniqueViolation(error)).toBe(true);
    expect(error).not.toBeInstanceOf(StorageUnavailableError);
  });
});

describe('database that is not there', () => {
  it('is a StorageUnavailableError without a word about addresses', async () => {
    const error: unknown = await openDatabase({ databaseUrl: 'postgres://nobody:hidden@127.0.0.1:1/none', dataFolder: '' }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(StorageUnavailableError);
    expect(String(error)).not.toMatch(/127\.0\.0\.1|hidden/);
  });
});

describe.each(testDatabases())('migrate on $kind', ({ open }) => {
  it('runs each migration once, also when two nodes start together, and resumes where one failed', async () => {
    const opened = await open({ migrated: false });
    const second = await openDatabase(opened.target);
    let broken = true;
    const steps = [
      {
        name: '0001-first',
        async up(transaction: Transaction) {
          await transaction.raw('create table one (id text)');
        },
      },
      {
        name: '0002-second',
        async up(transaction: Transaction) {
          await transaction.raw('create table two (id text)');
          if (broken) throw new Error('power cut');
        },
      },
    ];
    await expect(migrate(opened.database, steps)).rejects.toThrow('power cut');
    broken = false;
    const ran = await Promise.all([migrate(opened.database, steps), migrate(second, steps)]);
    expect(ran.flat()).toEqual(['0002-second']);
    await expect(migrate(second, steps.slice(0, 1))).rejects.toThrow(/newer release \(0002-second\)/);
    await second.close();
    await opened.close();
  });
});
