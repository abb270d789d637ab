import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StorageUnavailableError } from '../../foundation/errors.js';
import { millipoints, millipointsMax } from '../../foundation/millipoints.js';
import { testDatabases } from '../../storage/test-database.js';
import { usageOf } from '../usage/index.js';
import { InsufficientQuotaError, TokenQuotaError } from './ledger-errors.js';
import type { LedgerExecutor, LedgerOperation, LedgerOutcome } from './ledger-operation.js';
import { accountOf, budgetOf } from './ledger-report-store.js';
import { holdOf, LedgerBench, settlementOf, testRate } from './ledger-test-bench.js';

/** Loses the acknowledgement of every n-th batch: it is written, and reported as a failure of the database. */
class ForgetfulExecutor implements LedgerExecutor {
  batches = 0;
  forgets = true;

  constructor(
    private readonly inner: LedgerExecutor,
    private readonly every: number,
  ) {}

  async execute(operations: readonly LedgerOperation[]): Promise<readonly LedgerOutcome[]> {
    const outcomes = await this.inner.execute(operations);
    this.batches += 1;
    if (this.forgets && this.batches % this.every === 0) throw new StorageUnavailableError('The acknowledgement was lost.');
    return outcomes;
  }

  setDurability(): void {}

  close(): Promise<void> {
    return this.inner.close();
  }
}

describe.each(testDatabases())('ledger on $kind', (databases) => {
  let bench: LedgerBench;
  beforeEach(async () => {
    bench = await LedgerBench.open(databases);
    await bench.user('u', 1_000n);
  });
  afterEach(() => bench.close());

  it('holds, takes what the call cost, gives the rest back and writes the receipt', async () => {
    const ledger = bench.writer();
    await bench.token('t', 500n);
    const hold = holdOf(400n, { tokenId: 't' });
    await ledger.hold(hold);
    expect(await accountOf(bench.database, 'u')).toEqual({ balance: 1_000n, held: 400n });
    expect(await budgetOf(bench.database, 't')).toEqual({ granted: 500n, spent: 0n, held: 400n, remaining: 100n });

    const settlement = settlementOf(hold, 250n);
    expect(await ledger.settle(settlement)).toEqual({ applied: true, charged: 250n, uncollected: 0n });
    expect(await accountOf(bench.database, 'u')).toEqual({ balance: 750n, held: 0n });
    expect(await budgetOf(bench.database, 't')).toEqual({ granted: 500n, spent: 250n, held: 0n, remaining: 250n });
    expect(await usageOf(bench.database, { tokenId: 't' }, { limit: 10 })).toEqual([
      { ...settlement.record, cost: 250n, uncollected: 0n, held: 400n, heldAt: expect.any(Number), settledAt: expect.any(Number) },
    ]);
  });

  it('refuses what the wallet or the token does not have, and says how much is free', async () => {
    const ledger = bench.writer();
    await bench.token('t', 300n);
    await expect(ledger.hold(holdOf(1_001n))).rejects.toThrow(InsufficientQuotaError);
    await expect(ledger.hold(holdOf(301n, { tokenId: 't' }))).rejects.toThrow(TokenQuotaError);
    await expect(ledger.hold(holdOf(1n, { userId: 'stranger' }))).rejects.toThrow(/0 are free/);
    expect(await accountOf(bench.database, 'u')).toEqual({ balance: 1_000n, held: 0n });
  });

  it('lets exactly as many parallel calls through as the budget pays for, over two nodes', async () => {
    await bench.token('t', 700n);
    const nodes = [bench.writer({ nodeId: 'one' }), bench.writer({ nodeId: 'two' })] as const;
    const results = await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const ledger = nodes[index % 2 === 0 ? 0 : 1];
        const hold = holdOf(70n, { tokenId: 't' });
        try {
          await ledger.hold(hold);
        } catch (error) {
          return (error as TokenQuotaError).code;
        }
        await ledger.settle(settlementOf(hold, 70n));
        return 'paid';
      }),
    );
    expect(results.filter((result) => result === 'paid')).toHaveLength(10);
    expect(new Set(results)).toEqual(new Set(['paid', 'token_quota_exhausted']));
    expect(await accountOf(bench.database, 'u')).toEqual({ balance: 300n, held: 0n });
  });

  it('records what it could not collect, and never goes below zero', async () => {
    const ledger = bench.writer();
    const hold = holdOf(100n);
    await ledger.hold(hold);
    expect(await ledger.settle(settlementOf(hold, 1_500n))).toEqual({ applied: true, charged: 1_000n, uncollected: 500n });
    expect(await accountOf(bench.database, 'u')).toEqual({ balance: 0n, held: 0n });
  });

  it('extends a hold as long as something is left', async () => {
    const ledger = bench.writer();
    const hold = holdOf(600n);
    await ledger.hold(hold);
    expect(await ledger.extend(hold.holdId, millipoints(300n))).toBe(true);
    expect(await ledger.extend(hold.holdId, millipoints(300n))).toBe(false);
    expect((await accountOf(bench.database, 'u')).held).toBe(900n);
    await ledger.settle(settlementOf(hold, 800n));
    expect(await ledger.extend(hold.holdId, millipoints(1n))).toBe(false);
  });

  it('closes a hold once, however often it is told to', async () => {
    const ledger = bench.writer();
    const hold = holdOf(100n);
    await ledger.hold(hold);
    const receipts = await Promise.all([1, 2, 3].map(() => ledger.settle(settlementOf(hold, 60n))));
    expect(receipts.filter((receipt) => receipt.applied)).toHaveLength(1);
    expect(receipts.map((receipt) => receipt.charged)).toEqual([60n, 60n, 60n]);
    await ledger.sweep(hold.holdId, 'charge');
    expect(await accountOf(bench.database, 'u')).toEqual({ balance: 940n, held: 0n });
  });

  it('books nothing for calls that cost nothing, but keeps their receipts', async () => {
    const ledger = bench.writer();
    await bench.token('t', 'unlimited');
    const hold = holdOf(0n, { tokenId: 't' });
    await ledger.hold(hold);
    expect(await ledger.settle(settlementOf(hold, 0n))).toEqual({ applied: true, charged: 0n, uncollected: 0n });
    expect((await bench.verify()).checked).toMatchObject({ transfers: 1, usageRecords: 1 });
  });

  it('keeps one spoilt operation from failing its neighbours', async () => {
    const ledger = bench.writer();
    const holds = Array.from({ length: 7 }, () => holdOf(10n));
    await Promise.all(holds.map((hold) => ledger.hold(hold)));
    const settled = await Promise.allSettled(
      holds.map((hold, index) => ledger.settle(settlementOf(hold, 5n, index === 3 ? { totalMs: Number.NaN } : {}))),
    );
    expect(settled.map((result) => result.status)).toEqual(holds.map((_, index) => (index === 3 ? 'rejected' : 'fulfilled')));
    expect(await accountOf(bench.database, 'u')).toEqual({ balance: 970n, held: 10n });
  });

  it('stores texts that a database would refuse', async () => {
    const ledger = bench.writer();
    await bench.token('t', 'unlimited');
    const rate = { ...testRate, model: 'nul \0 half \ud800' };
    const hold = holdOf(10n, { tokenId: 't', rate });
    await ledger.hold(hold);
    await ledger.settle(settlementOf(hold, 5n, { model: rate.model, rate, failure: 'x'.repeat(5_000) }));
    const [record] = await usageOf(bench.database, { tokenId: 't' }, { limit: 1 });
    expect(record).toMatchObject({ model: 'nul \ufffd half \ufffd' });
    expect(record?.failure).toHaveLength(500);
  });

  it.each([-5, 3_000_000_000])('stores the receipt of a call whose clock jumped: %d ms', async (ms) => {
    const ledger = bench.writer();
    await bench.token('t', 'unlimited');
    const hold = holdOf(10n, { tokenId: 't' });
    await ledger.hold(hold);
    await ledger.settle(settlementOf(hold, 5n, { totalMs: ms, firstByteMs: ms }));
    const [record] = await usageOf(bench.database, { tokenId: 't' }, { limit: 1 });
    const stored = ms < 0 ? 0 : 2_147_483_647;
    expect(record).toMatchObject({ totalMs: stored, firstByteMs: stored, cost: 5n });
  });

  it('settles the largest cost there is, all of it above the balance uncollected', async () => {
    const ledger = bench.writer();
    const hold = holdOf(10n);
    await ledger.hold(hold);
    expect(await ledger.settle(settlementOf(hold, millipointsMax))).toEqual({
      applied: true,
      charged: 1_000n,
      uncollected: millipointsMax - 1_000n,
    });
  });

  it('does once what it was told, even if acknowledgements of commits are lost', async () => {
    const ledger = bench.writer({ wrap: (executor) => new ForgetfulExecutor(executor, 2) });
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const hold = holdOf(20n);
        await ledger.hold(hold);
        await ledger.extend(hold.holdId, millipoints(10n));
        const receipt = await ledger.settle(settlementOf(hold, 25n));
        expect(receipt).toMatchObject({ charged: 25n, uncollected: 0n });
      }),
    );
    expect(await accountOf(bench.database, 'u')).toEqual({ balance: 500n, held: 0n });
  });

  it('gives a hold back that was written although its caller was told it failed', async () => {
    let forgetful: ForgetfulExecutor | undefined;
    const ledger = bench.writer({
      wrap: (executor) => {
        forgetful = new ForgetfulExecutor(executor, 1);
        return forgetful;
      },
    });
    await expect(ledger.hold(holdOf(100n))).rejects.toThrow(StorageUnavailableError);
    if (forgetful !== undefined) forgetful.forgets = false;
    await ledger.drain();
    expect(await accountOf(bench.database, 'u')).toEqual({ balance: 1_000n, held: 0n });
  });

  it('answers everybody and goes on, though the node lost touch with the database meanwhile', async () => {
    let isLapsed = false;
    const executors: ForgetfulExecutor[] = [];
    const ledger = bench.writer({
      nodeId: () => {
        if (isLapsed) throw new StorageUnavailableError('The lease is lapsed.');
        return 'node';
      },
      wrap: (executor) => {
        const forgetful = new ForgetfulExecutor(executor, 1);
        executors.push(forgetful);
        return forgetful;
      },
    });
    const holds = [ledger.hold(holdOf(100n)), ledger.hold(holdOf(100n)), ledger.hold(holdOf(100n))];
    isLapsed = true;
    for (const hold of holds) await expect(hold).rejects.toThrow(StorageUnavailableError);
    for (const executor of executors) executor.forgets = false;
    await ledger.drain();
    expect(await accountOf(bench.database, 'u')).toEqual({ balance: 1_000n, held: 0n });
  });

  it('pages through the calls of a token, newest first', async () => {
    const ledger = bench.writer();
    await bench.token('t', 'unlimited');
    for (let index = 0; index < 5; index += 1) {
      const hold = holdOf(1n, { tokenId: 't', ownerId: `r${index}` });
      await ledger.hold(hold);
      await ledger.settle(settlementOf(hold, 1n, { createdAt: 1_000 + Math.floor(index / 2) }));
    }
    const seen: string[] = [];
    let before: { createdAt: number; id: string } | undefined;
    for (;;) {
      const page = await usageOf(bench.database, { tokenId: 't' }, { limit: 2, ...(before === undefined ? {} : { before }) });
      seen.push(...page.map((record) => record.requestId));
      before = page.at(-1);
      if (before === undefined) break;
    }
    expect(seen).toEqual(['r4', 'r3', 'r2', 'r1', 'r0']);
  });
});
