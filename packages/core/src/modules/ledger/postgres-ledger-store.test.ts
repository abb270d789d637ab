import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testDatabases } from '../../storage/test-database.js';
import { accountOf } from './ledger-report-store.js';
import { holdOf, LedgerBench, settlementOf } from './ledger-test-bench.js';
import { PostgresLedgerStore } from './postgres-ledger-store.js';

describe.each(testDatabases().filter(({ kind }) => kind === 'postgres'))('ledger on $kind whose connection breaks', (databases) => {
  let bench: LedgerBench;
  beforeEach(async () => {
    bench = await LedgerBench.open(databases);
    await bench.user('u', 100_000n);
  });
  afterEach(() => bench.close());

  const breakConnections = () =>
    bench.database.knex.raw(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'tollgate ledger'",
    );

  it('goes on after the server has dropped an idle connection', async () => {
    const ledger = bench.writer();
    const hold = holdOf(100n);
    await ledger.hold(hold);
    await breakConnections();
    expect(await ledger.settle(settlementOf(hold, 60n))).toEqual({ applied: true, charged: 60n, uncollected: 0n });
  });

  it('charges every call once, however often connections break under way', async () => {
    const ledger = bench.writer();
    const calls = new AbortController();
    const breaking = (async () => {
      // Longer and longer, so that the calls get through at last on a machine of any speed.
      for (let pauseMs = 20; !calls.signal.aborted; pauseMs *= 1.2) {
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
        await breakConnections();
      }
    })();
    await Promise.all(
      Array.from({ length: 100 }, async () => {
        let hold = holdOf(100n);
        // A caller whose hold fails gets a 503, is charged nothing, and calls again.
        while (!(await ledger.hold(hold).then(isDone, isFailed))) hold = holdOf(100n);
        expect(await ledger.settle(settlementOf(hold, 60n))).toEqual({ applied: true, charged: 60n, uncollected: 0n });
      }),
    );
    calls.abort();
    await breaking;
    await ledger.drain();
    expect(await accountOf(bench.database, 'u')).toEqual({ balance: 100_000n - 6_000n, held: 0n });
  });
});

describe('ledger on a PostgreSQL that is not there', () => {
  it('refuses holds with a 503 that names no address', async () => {
    const store = new PostgresLedgerStore({
      databaseUrl: 'postgres://nobody:hidden@127.0.0.1:1/none',
      macKey: new Uint8Array(32),
      durability: 'power',
    });
    const error: unknown = await store.execute([]).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'storage_unavailable', status: 503 });
    expect(String(error)).not.toMatch(/127\.0\.0\.1|hidden/);
  });
});

function isDone(): boolean {
  return true;
}

function isFailed(): boolean {
  return false;
}
