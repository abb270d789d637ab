import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { millipoints } from '../../foundation/millipoints.js';
import { testDatabases } from '../../storage/test-database.js';
import { explainLedger } from './explain-ledger-store.js';
import { BookingDiffersError, OverdraftError, RefundRefusedError, UnknownAccountError } from './ledger-errors.js';
import { accountOf, budgetOf } from './ledger-report-store.js';
import { holdOf, LedgerBench, settlementOf } from './ledger-test-bench.js';

describe.each(testDatabases())('books on $kind', (databases) => {
  let bench: LedgerBench;
  beforeEach(async () => {
    bench = await LedgerBench.open(databases);
  });
  afterEach(() => bench.close());

  const adjust = (amount: bigint, reference: string, userId = 'u') =>
    bench.database.write((transaction) =>
      bench.books.grant(transaction, { userId, amount: millipoints(amount), kind: 'adjustment', reference }),
    );
  const refund = (requestId: string, amount?: bigint) =>
    bench.database.write((transaction) =>
      bench.books.refund(transaction, { requestId, ...(amount === undefined ? {} : { amount: millipoints(amount) }), reason: 'why' }),
    );
  const retarget = (target: bigint | 'unlimited') =>
    bench.database.write((transaction) =>
      bench.books.retargetTokenBudget(transaction, 't', target === 'unlimited' ? target : millipoints(target)),
    );

  it('grants a starting balance once, however often it is asked to', async () => {
    await bench.user('u', 500n);
    await bench.user('u', 900n);
    expect(await accountOf(bench.database, 'u')).toEqual({ balance: 500n, held: 0n });
    const granted = await bench.database.snapshot((transaction) => bench.books.grantsOf(transaction, 'starting-balance'));
    expect(granted).toEqual(new Map([['u', 500n]]));
  });

  it('books adjustments both ways, each reference once, and never takes what is held', async () => {
    await bench.user('u', 100n);
    await bench.writer().hold(holdOf(30n));
    expect(await adjust(50n, 'gift')).toBe(true);
    expect(await adjust(50n, 'gift')).toBe(false);
    expect(await adjust(-120n, 'correction')).toBe(true);
    await expect(adjust(-1n, 'too much')).rejects.toThrow(OverdraftError);
    expect(await accountOf(bench.database, 'u')).toEqual({ balance: 30n, held: 30n });
  });

  it('refuses a reference that says something else than before', async () => {
    await bench.user('u', 100n);
    await bench.user('v', 100n);
    expect(await adjust(50n, 'gift')).toBe(true);
    for (const other of [() => adjust(51n, 'gift'), () => adjust(-50n, 'gift'), () => adjust(50n, 'gift', 'v')])
      await expect(other()).rejects.toThrow(BookingDiffersError);
    expect(await accountOf(bench.database, 'u')).toMatchObject({ balance: 150n });
  });

  it('gives back what a call was charged, or less, once and never more', async () => {
    await bench.user('u', 100n);
    const ledger = bench.writer();
    const [whole, part, free] = [holdOf(30n), holdOf(20n), holdOf(10n)] as const;
    for (const hold of [whole, part, free]) await ledger.hold(hold);
    await expect(refund(whole.ownerId)).rejects.toThrow('There is no receipt');
    await ledger.settle(settlementOf(whole, 30n));
    await ledger.settle(settlementOf(part, 20n));
    await ledger.settle(settlementOf(free, 0n));
    expect(await refund(whole.ownerId)).toEqual({ userId: 'u', amount: 30n, isNew: true });
    expect(await refund(whole.ownerId)).toMatchObject({ isNew: false });
    await expect(refund(whole.ownerId, 29n)).rejects.toThrow(BookingDiffersError);
    await expect(refund(part.ownerId, 21n)).rejects.toThrow('was charged 0.02 points, and no more');
    expect(await refund(part.ownerId, 5n)).toMatchObject({ amount: 5n, isNew: true });
    await expect(refund(free.ownerId)).rejects.toThrow(RefundRefusedError);
    expect(await accountOf(bench.database, 'u')).toEqual({ balance: 85n, held: 0n });
    expect(await explainLedger(bench.database, 'u', Date.now())).toMatchObject({ balanceMillipoints: '85', explainedMillipoints: '85' });
  });

  it('gives back once, however many ask at the same time', async () => {
    await bench.user('u', 100n);
    const ledger = bench.writer();
    const hold = holdOf(30n);
    await ledger.hold(hold);
    await ledger.settle(settlementOf(hold, 30n));
    const given = await Promise.all(Array.from({ length: 4 }, () => refund(hold.ownerId)));
    expect(given.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(await accountOf(bench.database, 'u')).toMatchObject({ balance: 100n });
  });

  it('refuses to book on a wallet that nobody opened, and leaves no transfer behind', async () => {
    await expect(adjust(5n, 'gift', 'nobody')).rejects.toThrow(UnknownAccountError);
    expect((await bench.verify()).checked.transfers).toBe(0);
  });

  it('moves a token budget by the difference of its targets, so that what is spent stays spent', async () => {
    await bench.user('u', 1_000n);
    await bench.token('t', 100n);
    const ledger = bench.writer();
    const hold = holdOf(80n, { tokenId: 't' });
    await ledger.hold(hold);
    await ledger.settle(settlementOf(hold, 80n));
    await retarget(100n);
    expect(await budgetOf(bench.database, 't')).toMatchObject({ granted: 100n, remaining: 20n });
    await retarget(150n);
    expect(await budgetOf(bench.database, 't')).toMatchObject({ granted: 150n, remaining: 70n });
    await retarget(50n);
    expect(await budgetOf(bench.database, 't')).toMatchObject({ granted: 50n, spent: 80n, remaining: 0n });
  });

  it('switches a token between unlimited and an amount', async () => {
    await bench.user('u', 1_000n);
    await bench.token('t', 'unlimited');
    const ledger = bench.writer();
    const hold = holdOf(80n, { tokenId: 't' });
    await ledger.hold(hold);
    await retarget(100n);
    await ledger.settle(settlementOf(hold, 80n));
    expect(await budgetOf(bench.database, 't')).toEqual({ granted: 100n, spent: 80n, held: 0n, remaining: 20n });
    await retarget('unlimited');
    expect(await budgetOf(bench.database, 't')).toMatchObject({ granted: 'unlimited', remaining: 'unlimited', spent: 80n });
    await retarget(40n);
    expect(await budgetOf(bench.database, 't')).toMatchObject({ granted: 120n, remaining: 40n });
    expect(await bench.database.snapshot((transaction) => bench.books.tokenBudgetTargets(transaction))).toEqual(new Map([['t', 40n]]));
  });

  it('names a budget that does not exist', async () => {
    await expect(retarget(5n)).rejects.toThrow(/budget of token t/);
  });
});
