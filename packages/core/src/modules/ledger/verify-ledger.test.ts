import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testDatabases } from '../../storage/test-database.js';
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

  const spoil = (sql: string, values: readonly string[] = []) => bench.database.write((transaction) => transaction.raw(sql, values));
  const found = async () => (await bench.verify()).differences.map(({ type, what }) => `${type} ${what}`);

  it('finds nothing in books that are in order, and says what it looked at', async () => {
    expect(await bench.verify()).toEqual({
      clean: true,
      checked: { accounts: 1, transfers: 2, holds: 2, openHolds: 1, usageRecords: 1, tokenBudgets: 1 },
      differences: [],
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
    await spoil("update usage_records set model = 'cheaper'");
    expect(await found()).toEqual(['usage-record mac']);
  });

  it('finds a receipt that is missing, and one that nobody asked for', async () => {
    await spoil('update usage_records set id = ?', ['someone-else']);
    expect(await found()).toEqual(['hold usage record', 'usage-record hold']);
  });

  it('finds a transfer that is missing', async () => {
    await spoil("delete from transfers where kind = 'call'");
    expect(await found()).toEqual(['hold charged', 'usage-record cost', 'account balance']);
  });

  it('finds a hold that was opened again, with its transfer', async () => {
    await spoil("update holds set state = 'open', closed_at = null, record_at = null, charged = null where id = ?", [closedHold]);
    expect(await found()).toEqual([
      'transfer hold',
      'hold booked while open',
      'usage-record hold',
      'account held',
      'token-budget spent',
      'token-budget held',
    ]);
  });

  it('finds a hold whose parts do not make its amount', async () => {
    await spoil('update holds set amount = 51 where id = ?', [openHold]);
    expect(await found()).toEqual(['hold amount', 'token-budget held']);
  });

  it('finds accounts and budgets that are gone', async () => {
    await spoil('delete from accounts');
    await spoil('delete from token_budgets');
    expect(await found()).toEqual(['account row', 'token-budget row']);
  });
});
