import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { millipoints } from '../../foundation/millipoints.js';
import { testDatabases } from '../../storage/test-database.js';
import type { SpendCap } from '../spending/index.js';
import type { HoldRequest } from './ledger.js';
import { holdOf, LedgerBench, settlementOf } from './ledger-test-bench.js';

const day = 86_400_000;
const noon = Date.parse('2026-11-30T12:00:00Z');
const cap = (scope: SpendCap['scope'], window: SpendCap['window'], limit: bigint): SpendCap => ({
  scope,
  window,
  limit: millipoints(limit),
});

describe.each(testDatabases())('spend caps on $kind', (databases) => {
  let bench: LedgerBench;
  let now: number;
  const clock = { now: () => now };
  beforeEach(async () => {
    now = noon;
    bench = await LedgerBench.open(databases);
    await bench.user('u', 1_000_000n);
    await bench.token('t', 'unlimited');
  });
  afterEach(() => bench.close());

  const capped = (amount: bigint, ...caps: SpendCap[]): HoldRequest => holdOf(amount, { tokenId: 't', caps });

  it('let through what they allow, and not one millipoint more', async () => {
    const ledger = bench.writer({ clock });
    const daily = cap('token', 'day', 100n);
    const first = capped(60n, daily);
    await ledger.hold(first);
    await expect(ledger.hold(capped(41n, daily))).rejects.toMatchObject({
      code: 'spend_cap_reached',
      status: 402,
      retryAfterMs: day / 2,
      message: expect.stringMatching(/daily spend cap of this token is 0\.1 points.*0\.04 are free.*renews at 2026-12-01T00:00:00\.000Z/),
    });
    await ledger.hold(capped(40n, daily));
    await ledger.settle(settlementOf(first, 10n));
    await ledger.hold(capped(50n, daily));
    await expect(ledger.hold(capped(1n, daily))).rejects.toMatchObject({ code: 'spend_cap_reached' });
  });

  it('begin anew with the day, and what was held before settles into the day before', async () => {
    const ledger = bench.writer({ clock });
    const daily = cap('user', 'day', 100n);
    const late = capped(100n, daily);
    await ledger.hold(late);
    now += day;
    const early = capped(100n, daily);
    await ledger.hold(early);
    await ledger.settle(settlementOf(late, 70n));
    await expect(ledger.hold(capped(1n, daily))).rejects.toMatchObject({ code: 'spend_cap_reached' });
    await ledger.settle(settlementOf(early, 0n));
    await ledger.hold(capped(100n, daily));
  });

  it('bind together: the day, the month, the token and its user', async () => {
    const ledger = bench.writer({ clock });
    const caps = [cap('token', 'day', 100n), cap('token', 'month', 120n), cap('user', 'day', 110n), cap('user', 'month', 1_000n)];
    await ledger.hold(capped(100n, ...caps));
    await expect(ledger.hold(capped(1n, ...caps))).rejects.toThrow(/daily spend cap of this token/);
    await expect(ledger.hold(capped(11n, caps[2] as SpendCap))).rejects.toThrow(/daily spend cap of the user/);
    await expect(ledger.hold(capped(21n, caps[1] as SpendCap))).rejects.toMatchObject({
      message: expect.stringMatching(/monthly spend cap of this token/),
      retryAfterMs: day / 2,
    });
  });

  it('bound extensions, and what is taken above a hold', async () => {
    const ledger = bench.writer({ clock });
    const hold = capped(60n, cap('token', 'day', 100n));
    await ledger.hold(hold);
    expect(await ledger.extend(hold.holdId, millipoints(41n))).toBe(false);
    expect(await ledger.extend(hold.holdId, millipoints(20n))).toBe(true);
    expect(await ledger.settle(settlementOf(hold, 150n))).toEqual({ applied: true, charged: 100n, uncollected: 50n });
  });

  it('are exact when two nodes open a period at once', async () => {
    const [one, two] = [bench.writer({ clock, nodeId: 'one' }), bench.writer({ clock, nodeId: 'two' })];
    const caps = [cap('user', 'month', 95n), cap('token', 'day', 1_000n)];
    const outcomes = await Promise.allSettled(
      Array.from({ length: 40 }, (_, index) =>
        (index % 2 === 0 ? one : two).hold(capped(10n, ...(index % 3 === 0 ? caps.toReversed() : caps))),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(9);
  });

  it('are given back by a sweep, and counted by one that charges', async () => {
    const ledger = bench.writer({ clock });
    const monthly = cap('user', 'month', 100n);
    const holds = [capped(40n, monthly), capped(60n, monthly)] as const;
    for (const hold of holds) await ledger.hold(hold);
    await ledger.sweep(holds[0].holdId, 'release');
    await ledger.sweep(holds[1].holdId, 'charge');
    await expect(ledger.hold(capped(41n, monthly))).rejects.toMatchObject({ code: 'spend_cap_reached' });
    await ledger.hold(capped(40n, monthly));
  });

  it('leave calls without caps alone', async () => {
    await bench.writer({ clock }).hold(holdOf(10n, { tokenId: 't' }));
    expect(await bench.database.knex('spend_counters').select()).toEqual([]);
  });
});
