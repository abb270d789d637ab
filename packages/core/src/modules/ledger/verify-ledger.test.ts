import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RowMac, rowMacKey } from '../../foundation/row-mac.js';
import { testDatabases } from '../../storage/test-database.js';
import { signedUsageColumns } from '../usage/index.js';
import { transferMac } from './ledger-rows.js';
import { holdOf, LedgerBench, settlementOf } from './ledger-test-bench.js';

describe.each(testDatabases())('verify-ledger on $kind', (databases) => {
  let bench: LedgerBench;
  let closedHold: string;
  let openHold: string;
  beforeEach(async () => {
    bench = await LedgerBench.open(databases);
    await bench.user('u', 1_000n);
    await bench.token('t', 800n);
    const ledger = bench.writer();
    const holds = [holdOf(100n, { tokenId: 't' }), holdOf(50n, { tokenId: 't' })] as const;
    for (const hold of holds) await ledger.hold(hold);
    await ledger.settle(settlementOf(holds[0], 70n));
    [closedHold, openHold] = [holds[0].holdId, holds[1].holdId];
  });
  afterEach(() => bench.abandon());

  /** On SQLite the hours are a view of the two. */
  const [series, sums] =
    databases.kind === 'sqlite' ? (['usage_series', 'usage_hour_sums'] as const) : (['usage_hours', 'usage_hours'] as const);
  const spoil = (sql: string, values: readonly string[] = []) => bench.database.write((transaction) => transaction.raw(sql, values));
  const found = async () => (await bench.verify()).differences.map(({ type, what }) => `${type} ${what}`);

  /** What is found after an alteration, which is then undone. */
  async function foundAfter(sql: string): Promise<readonly string[]> {
    const tables = ['accounts', 'transfers', 'holds', 'token_budgets', 'usage_records', ...new Set([series, sums])];
    const rows = await Promise.all(tables.map(async (table) => (await bench.database.knex(table).select()) as readonly object[]));
    await spoil(sql);
    const differences = await found();
    await bench.database.write(async (transaction) => {
      for (const table of tables.toReversed()) await transaction(table).delete();
      for (const [index, table] of tables.entries()) {
        for (const row of rows[index] ?? []) await transaction(table).insert(row);
      }
    });
    return differences;
  }

  it('finds nothing in books that are in order, and says what it looked at', async () => {
    expect(await bench.verify()).toEqual({
      clean: true,
      checked: {
        accounts: 1,
        transfers: 2,
        holds: 1,
        usageRecords: 1,
        usageHours: 1,
        tokenBudgets: 1,
        spendCounters: 0,
        idempotencyKeys: 0,
      },
      differences: [],
      differencesCount: 0,
    });
  });

  it('finds a balance and a held amount that the rows do not explain', async () => {
    await spoil('update accounts set balance = balance + 1, held = held - 1');
    const { clean, differences } = await bench.verify();
    expect(clean).toBe(false);
    expect(differences).toEqual([
      { type: 'account', id: 'wallet:u', what: 'balance', expected: '930', found: '931' },
      { type: 'account', id: 'wallet:u', what: 'held', expected: '50', found: '49' },
    ]);
  });

  it("finds a token's spending that its calls do not explain", async () => {
    await spoil('update token_budgets set spent = 1, held = 2');
    expect(await found()).toEqual(['token-budget spent', 'token-budget held']);
  });

  it('finds an altered transfer, even where the sums still match', async () => {
    await spoil("update transfers set at = at + 1 where kind = 'call'");
    expect(await found()).toEqual(['transfer mac']);
  });

  it('finds an altered receipt', async () => {
    await spoil("update usage_records set failure = 'cheaper'");
    expect(await found()).toEqual(['usage-record mac']);
  });

  it('finds a receipt that is missing, and one that nobody asked for', async () => {
    await spoil('update usage_records set id = ?', ['someone-else']);
    expect(await found()).toEqual(['usage-record mac', 'usage-record cost', 'transfer usage record']);
  });

  it('finds refunds that no receipt explains, though they are signed and the sums match', async () => {
    const [receipt]: readonly { request_id: string }[] = await bench.database.knex('usage_records').select('request_id');
    const mac = new RowMac(rowMacKey('a master secret for the tests of the ledger'));
    const refund = async (reference: string, amount: bigint, userId: string) => {
      const accounts = { debit_account: 'system:revenue', credit_account: `wallet:${userId}` };
      const row = { kind: 'refund', reference, leg: 0, ...accounts, amount, at: 1, reason: 'why' };
      await bench.database.write(async (transaction) => {
        await transaction('transfers').where({ kind: 'refund' }).delete();
        await transaction('transfers').insert({ ...row, mac: transferMac(mac, row) });
        for (const id of ['u', 'v']) {
          const more = id === userId ? amount : 0n;
          await transaction('accounts')
            .where('id', `wallet:${id}`)
            .update({ balance: (id === 'u' ? 930n : 0n) + more });
        }
      });
      return found();
    };
    await bench.user('v', 0n);
    const id = receipt?.request_id ?? '';
    expect(await refund(id, 70n, 'u')).toEqual([]);
    expect(await refund(id, 71n, 'u')).toEqual(['transfer amount']);
    expect(await refund(id, 70n, 'v')).toEqual(['transfer wallet']);
    expect(await refund('no-call', 1n, 'u')).toEqual(['transfer usage record']);
  });

  it('finds a transfer that is missing', async () => {
    await spoil("delete from transfers where kind = 'call'");
    expect(await found()).toEqual(['usage-record cost', 'account balance']);
  });

  it('finds a hold that was opened again, though its call is over', async () => {
    await spoil('update holds set id = ? where id = ?', [closedHold, openHold]);
    expect(await found()).toEqual(['usage-record hold']);
  });

  it('finds what an hour sums up wrongly, and an hour that nothing explains', async () => {
    await spoil(`update ${sums} set calls = calls + 1, output_text = 0`);
    expect(await found()).toEqual(['usage-hour calls', 'usage-hour output_text']);
    await spoil(`update ${sums} set hour = hour + 3600000`);
    expect((await found()).filter((difference) => difference === 'usage-hour calls')).toHaveLength(2);
  });

  it('finds a hold whose parts do not make its amount', async () => {
    await spoil('update holds set amount = 51 where id = ?', [openHold]);
    expect(await found()).toEqual(['hold amount', 'token-budget held']);
  });

  /** One alteration of one row by hand, and what is found of it. */
  const alterations = [
    ["update accounts set owner_user_id = 'thief'", 'account owner'],
    ["update accounts set kind = 'subscription'", 'account owner'],
    ['update accounts set held = held + 1', 'account held'],
    ["update transfers set kind = 'gift' where kind = 'call'", 'transfer mac'],
    ["update transfers set reference = 'other' where kind = 'starting-balance'", 'transfer mac'],
    ['update transfers set leg = 7', 'transfer mac'],
    ["update transfers set debit_account = 'wallet:v' where kind = 'call'", 'transfer mac'],
    ["update transfers set credit_account = 'wallet:v' where kind = 'call'", 'transfer mac'],
    ['update transfers set amount = amount + 1', 'transfer mac'],
    ["update transfers set mac = ''", 'transfer mac'],
    ["update transfers set reason = 'none'", 'transfer mac'],
    ['update holds set token_id = null', 'token-budget held'],
    ['update holds set amount = amount + 1', 'hold amount'],
    ["update holds set funding = '[]'", 'hold amount'],
    ["update holds set funding = 'nonsense'", 'hold row'],
    ['delete from holds', 'account held'],
    ['update token_budgets set granted = granted + 1', 'token-budget mac'],
    ['update token_budgets set granted = null', 'token-budget mac'],
    ['update token_budgets set applied_target = 1', 'token-budget mac'],
    ["update token_budgets set token_id = 'other'", 'token-budget spent'],
    ['delete from usage_records', 'transfer usage record'],
    [`update ${sums} set cost = cost + 1`, 'usage-hour cost'],
    [`update ${series} set group_name = 'other'`, 'usage-hour calls'],
    [`update ${series} set user_id = 'v'`, 'usage-hour calls'],
    [`delete from ${sums}`, 'usage-hour calls'],
    ["delete from transfers where kind = 'starting-balance'", 'account balance'],
  ] as const;

  it('finds one altered row of any table', async () => {
    const tried = [];
    for (const [sql, expected] of alterations) tried.push([sql, expected, await foundAfter(sql)] as const);
    expect(tried.filter(([, expected, differences]) => !differences.includes(expected))).toEqual([]);
  });

  it('finds a receipt of which any column was altered', async () => {
    const [row] = (await bench.database.knex('usage_records').select()) as readonly Record<string, unknown>[];
    const missed = [];
    for (const column of signedUsageColumns) {
      if (column === 'id' || column === 'created_at') continue;
      const value = /^(?:bigint|number)$/.test(typeof row?.[column]) ? '7' : "'altered'";
      if (!(await foundAfter(`update usage_records set ${column} = ${value}`)).includes('usage-record mac')) missed.push(column);
    }
    expect(missed).toEqual([]);
  });

  it('finds two rows that were exchanged, though all sums stay', async () => {
    const ledger = bench.writer();
    const holds = [holdOf(10n, { tokenId: 't' }), holdOf(10n, { tokenId: 't' })] as const;
    for (const hold of holds) {
      await ledger.hold(hold);
      await ledger.settle(settlementOf(hold, 5n));
    }
    const [one, other] = holds.map(({ holdId }) => holdId) as [string, string];
    for (const [from, to] of [
      [one, 'aside'],
      [other, one],
      ['aside', other],
    ] as const)
      await spoil('update transfers set reference = ? where reference = ?', [to, from]);
    expect(await found()).toEqual(['transfer mac', 'transfer mac']);
  });

  it('finds a row taken from the books of another secret', async () => {
    const foreign = new RowMac(rowMacKey('some other master secret of this size'));
    const transfer = {
      kind: 'adjustment',
      reference: 'x',
      leg: 0,
      debit_account: 'system:grants',
      credit_account: 'wallet:u',
      at: 1,
      reason: null,
    };
    const mac = transferMac(foreign, { ...transfer, amount: 500n });
    await bench.database.write(async (transaction) => {
      await transaction('transfers').insert({ ...transfer, amount: 500n, mac });
      await transaction('accounts').increment('balance', 500);
    });
    expect(await found()).toEqual(['transfer mac']);
  });

  it('looks at every row, also beyond the first chunk', async () => {
    const ledger = bench.writer();
    await bench.user('many', 100_000n);
    const holds = Array.from({ length: 1_100 }, () => holdOf(10n, { userId: 'many' }));
    await Promise.all(holds.map((hold) => ledger.hold(hold)));
    await Promise.all(holds.map((hold) => ledger.settle(settlementOf(hold, 3n))));
    expect(await bench.verify()).toMatchObject({ clean: true, checked: { holds: 1, usageRecords: 1_101, transfers: 1_103 } });
    const last =
      holds
        .map(({ holdId }) => holdId)
        .toSorted()
        .at(-1) ?? '';
    await spoil('update transfers set amount = 4 where reference = ?', [last]);
    await spoil('update usage_records set uncollected = 9 where id = ?', [last]);
    expect(await found()).toEqual(['transfer mac', 'usage-record mac', 'usage-record cost', 'usage-hour uncollected', 'account balance']);
  });

  it('finds a user without a wallet and a token without a budget, though they have no history', async () => {
    await spoil("insert into users (id, username, role, group_name, enabled, created_at) values ('w', 'w', 'user', 'default', 1, 1)");
    await spoil(
      "insert into tokens (id, user_id, name, key_hash, key_prefix, enabled, created_at) values ('x', 'w', 'x', 'hash', 'sk-', 1, 1)",
    );
    expect((await bench.verify()).differences).toEqual([
      { type: 'account', id: 'wallet:w', what: 'row', expected: 'one', found: 'none' },
      { type: 'token-budget', id: 'x', what: 'row', expected: 'one', found: 'none' },
    ]);
  });

  it('finds accounts and budgets that are gone', async () => {
    await spoil('delete from accounts');
    await spoil('delete from token_budgets');
    expect(await found()).toEqual(['account row', 'token-budget row']);
  });
});

describe.each(testDatabases().filter(({ kind }) => kind === 'sqlite'))(
  'verify-ledger on $kind, which stores whatever it is given',
  (databases) => {
    it.each([
      ["update accounts set balance = 'rich'", 'account row'],
      ['update transfers set amount = 0.5', 'transfer row'],
      ['update token_budgets set spent = 0.5', 'token-budget row'],
    ])('reports what cannot be read and goes on: %s', async (sql, what) => {
      const bench = await LedgerBench.open(databases);
      await bench.user('u', 1_000n);
      await bench.token('t', 800n);
      await bench.database.write((transaction) => transaction.raw(sql));
      expect((await bench.verify()).differences.map((difference) => `${difference.type} ${difference.what}`)).toContain(what);
      await bench.abandon();
    });
  },
);
