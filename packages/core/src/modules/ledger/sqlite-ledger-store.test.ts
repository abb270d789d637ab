import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testDatabases } from '../../storage/test-database.js';
import { holdOf, LedgerBench, settlementOf } from './ledger-test-bench.js';

describe.each(testDatabases().filter(({ kind }) => kind === 'sqlite'))('ledger in the SQLite file', (databases) => {
  let bench: LedgerBench;
  beforeEach(async () => {
    bench = await LedgerBench.open(databases);
    await bench.user('u', 1_000n);
  });
  afterEach(() => bench.close());

  const run = (sql: string) => bench.database.write((transaction) => transaction.raw(sql));

  it('sums up under the right series after a batch that was rolled back had opened one', async () => {
    const ledger = bench.writer();
    const holds = [holdOf(10n), holdOf(10n)] as const;
    for (const hold of holds) await ledger.hold(hold);
    await run("create trigger refuse before insert on usage_hour_sums begin select raise(abort, 'not today'); end");
    await expect(ledger.settle(settlementOf(holds[0], 5n, { channelId: 'first' }))).rejects.toThrow();
    await run('drop trigger refuse');
    await ledger.settle(settlementOf(holds[1], 5n, { channelId: 'second' }));
    await ledger.settle(settlementOf(holds[0], 5n, { channelId: 'first' }));
    const hours = await bench.database.knex('usage_hours').orderBy('channel_id').select('channel_id', 'calls');
    expect(hours).toEqual([
      { channel_id: 'first', calls: 1n },
      { channel_id: 'second', calls: 1n },
    ]);
  });
});
