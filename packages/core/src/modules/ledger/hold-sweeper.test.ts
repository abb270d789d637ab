import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NodeLease } from '../../cluster/node-lease.js';
import { openDatabase } from '../../storage/database.js';
import { testDatabases } from '../../storage/test-database.js';
import { HoldSweeper } from './hold-sweeper.js';
import { accountOf } from './ledger-report-store.js';
import { holdOf, LedgerBench, settlementOf } from './ledger-test-bench.js';

const leaseMs = () => 300;

describe.each(testDatabases())('hold sweeper on $kind', (databases) => {
  let bench: LedgerBench;
  let lease: NodeLease;
  const problems: string[] = [];
  beforeEach(async () => {
    bench = await LedgerBench.open(databases);
    await bench.user('u', 1_000n);
    lease = new NodeLease({ database: bench.database, leaseMs, onProblem: (problem) => problems.push(problem.message) });
  });
  afterEach(async () => {
    await lease.close();
    await bench.close();
  });

  function sweeperWith(policy: 'release' | 'charge') {
    const writer = bench.writer({ nodeId: lease.nodeId });
    return { writer, sweeper: new HoldSweeper({ database: bench.database, lease, writer, policy: () => policy }) };
  }

  /** Sweeps until this node may judge and everything of the dead is closed. */
  async function sweepUntilDone(sweeper: HoldSweeper): Promise<number> {
    const deadline = Date.now() + 10_000;
    while (Date.now() < deadline) {
      const closed = await sweeper.sweep();
      if (closed > 0) return closed;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('Nothing was swept.');
  }

  it('gives back what dead nodes held, leaves living calls alone, and answers their late settlement', async () => {
    const dead = holdOf(100n);
    await bench.writer({ nodeId: 'dead-node' }).hold(dead);
    await lease.start();
    const { writer, sweeper } = sweeperWith('release');
    const living = holdOf(40n);
    await writer.hold(living);
    expect(await sweepUntilDone(sweeper)).toBe(1);
    expect(await accountOf(bench.database, 'u')).toEqual({ balance: 1_000n, held: 40n });
    expect(await writer.settle(settlementOf(dead, 100n))).toEqual({ applied: false, charged: 0n, uncollected: 0n });
    expect(await writer.settle(settlementOf(living, 30n))).toMatchObject({ applied: true });
  });

  it('charges in full where the policy says so', async () => {
    await bench.writer({ nodeId: 'dead-node' }).hold(holdOf(100n));
    await lease.start();
    expect(await sweepUntilDone(sweeperWith('charge').sweeper)).toBe(1);
    expect(await accountOf(bench.database, 'u')).toEqual({ balance: 900n, held: 0n });
  });
});

describe.each(testDatabases().filter(({ kind }) => kind === 'postgres'))('node lease on $kind', (databases) => {
  it('lets a node that was taken for dead go on under a new id, and its old holds go', async () => {
    const bench = await LedgerBench.open(databases);
    await bench.user('u', 1_000n);
    const other = await openDatabase(bench.opened.target);
    const problems: string[] = [];
    const slow = new NodeLease({ database: other, leaseMs: () => 30_000, onProblem: (problem) => problems.push(problem.message) });
    const judge = new NodeLease({ database: bench.database, leaseMs, onProblem: (problem) => problems.push(problem.message) });
    await slow.start();
    await judge.start();
    const oldId = slow.nodeId;
    await bench.writer({ nodeId: oldId }).hold(holdOf(100n));
    const sweeper = new HoldSweeper({ database: bench.database, lease: judge, writer: bench.writer(), policy: () => 'release' });
    expect(await judge.removeLapsed()).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await sweeper.sweep()).toBe(0);
    await bench.database.write((transaction) => transaction('nodes').where('id', oldId).update({ lease_expires_at: 1 }));
    expect(await sweeper.sweep()).toBe(1);
    await slow.beat();
    expect(slow.nodeId).not.toBe(oldId);
    expect(problems.join()).toContain(oldId);
    await slow.close();
    await judge.close();
    await other.close();
    await bench.close();
  });
});
