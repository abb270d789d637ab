import { emptyUsage } from '@tollgate/plugin-kit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { receiptRowOf } from '../usage/index.js';
import type { LedgerOperation, LedgerOutcome, SweepPolicy } from './ledger-operation.js';
import type { LedgerChanges, LedgerState, TransferRow } from './ledger-state.js';
import { planBatch } from './plan-batch.js';

const price = {
  by: 'tokens',
  modelRatio: '1',
  completionRatio: '1',
  cacheReadRatio: '1',
  cacheWrite5mRatio: '1',
  cacheWrite1hRatio: '1',
  imageRatio: '1',
  imageCompletionRatio: '1',
  audioRatio: '1',
  audioCompletionRatio: '1',
} as const;
const rate = { model: 'm', group: 'default', groupRatio: '1', groupRatioSource: 'default', price, priceSource: 'manual' } as const;

function hold(holdId: string, amount: bigint, more: { userId?: string; tokenId?: string } = {}): LedgerOperation {
  const { userId = 'u', tokenId = null } = more;
  const facts = { ownerKind: 'call', ownerId: `request-${holdId}`, nodeId: 'node', rate: JSON.stringify(rate), at: 1 } as const;
  return { type: 'hold', holdId, userId, tokenId, amount, ...facts };
}

function settle(holdId: string, actual: bigint): LedgerOperation {
  const record = {
    id: holdId,
    requestId: holdId,
    createdAt: 1,
    userId: 'u',
    model: 'm',
    dialect: 'd',
    stream: false,
    outcome: 'ok',
    ending: 'complete',
    policy: 'upstream-actual',
    usage: emptyUsage(),
    estimated: false,
    suspicious: false,
    rate,
    extensions: 0,
    attempts: [],
    totalMs: 1,
  } as const;
  const receipt = receiptRowOf(record, JSON.stringify(rate));
  return { type: 'settle', holdId, actual, receipt, group: rate.group, nodeId: 'node', at: 2 };
}

function sweep(holdId: string, policy: SweepPolicy): LedgerOperation {
  return { type: 'sweep', holdId, policy, nodeId: 'node', at: 5 };
}

/** A database in memory: what the stores do with a plan's changes. */
class MemoryLedger {
  state: LedgerState;
  transfers: TransferRow[] = [];
  receipts: LedgerChanges['receipts'][number][] = [];
  /** Token of every hold that was ever opened. */
  readonly tokens = new Map<string, string | null>();

  constructor(state: Partial<LedgerState>) {
    this.state = { accounts: [], budgets: [], holds: [], counters: [], claims: [], closed: [], ...state };
  }

  run(...operations: LedgerOperation[]): readonly LedgerOutcome[] {
    const { outcomes, changes } = planBatch(operations, this.state);
    for (const [index, operation] of operations.entries())
      if (operation.type === 'hold' && outcomes[index]?.type === 'held') this.tokens.set(operation.holdId, operation.tokenId);
    const holds = new Map(this.state.holds.map((known) => [known.id, known]));
    for (const opened of [...changes.opened, ...changes.extended]) holds.set(opened.id, { ...opened });
    for (const id of changes.closed) holds.delete(id);
    const claims = new Map(this.state.claims.map((known) => [known.id, known]));
    for (const id of changes.freedClaims) claims.delete(id);
    for (const written of changes.claims) claims.set(written.id, written);
    this.state = {
      accounts: this.state.accounts.map((account) => {
        const change = changes.accounts.find(({ id }) => id === account.id);
        return { ...account, balance: account.balance + (change?.balance ?? 0n), held: account.held + (change?.held ?? 0n) };
      }),
      budgets: this.state.budgets.map((budget) => {
        const change = changes.budgets.find(({ tokenId }) => tokenId === budget.tokenId);
        return { ...budget, spent: budget.spent + (change?.spent ?? 0n), held: budget.held + (change?.held ?? 0n) };
      }),
      counters: this.state.counters.map((counter) => {
        const change = changes.counters.find(({ id }) => id === counter.id);
        return { ...counter, spent: counter.spent + (change?.spent ?? 0n), held: counter.held + (change?.held ?? 0n) };
      }),
      holds: [...holds.values()],
      claims: [...claims.values()],
      closed: [...this.state.closed, ...changes.receipts.map(({ id, cost, uncollected }) => ({ id, charged: cost, uncollected }))],
    };
    this.transfers.push(...changes.transfers);
    this.receipts.push(...changes.receipts);
    return outcomes;
  }
}

function account(id: string, balance: bigint, more: { userId?: string; kind?: string } = {}) {
  return { id, userId: 'u', kind: 'wallet', balance, held: 0n, ...more };
}

describe('batch', () => {
  it('takes what a call cost and gives the rest of its hold back', () => {
    const ledger = new MemoryLedger({ accounts: [account('w', 100n)] });
    expect(ledger.run(hold('a', 60n))).toEqual([{ type: 'held' }]);
    expect(ledger.state.accounts[0]).toMatchObject({ balance: 100n, held: 60n });
    expect(ledger.run(settle('a', 45n))).toEqual([{ type: 'closed', applied: true, charged: 45n, uncollected: 0n }]);
    expect(ledger.state.accounts[0]).toMatchObject({ balance: 55n, held: 0n });
    expect(ledger.transfers).toMatchObject([
      { debit_account: 'w', credit_account: 'system:revenue', amount: 45n, kind: 'call', reference: 'a', leg: 0 },
    ]);
  });

  it('refuses what is not free, operation by operation', () => {
    const ledger = new MemoryLedger({ accounts: [account('w', 100n)] });
    expect(ledger.run(hold('a', 60n), hold('b', 60n), hold('c', 40n))).toEqual([
      { type: 'held' },
      { type: 'refused', by: 'account', available: 40n },
      { type: 'held' },
    ]);
  });

  it('takes a cost above the hold from what is free and leaves the rest uncollected', () => {
    const ledger = new MemoryLedger({ accounts: [account('w', 100n)] });
    ledger.run(hold('a', 60n), hold('b', 20n));
    expect(ledger.run(settle('a', 500n))).toEqual([{ type: 'closed', applied: true, charged: 80n, uncollected: 420n }]);
    expect(ledger.state.accounts[0]).toMatchObject({ balance: 20n, held: 20n });
    expect(ledger.receipts[0]).toMatchObject({ cost: 80n, uncollected: 420n });
  });

  it('never exceeds the budget of a token, and never lets it keep a held amount from being settled', () => {
    const budget = { tokenId: 't', granted: 50n, spent: 0n, held: 0n };
    const ledger = new MemoryLedger({ accounts: [account('w', 1_000n)], budgets: [budget] });
    expect(ledger.run(hold('a', 30n, { tokenId: 't' }), hold('b', 30n, { tokenId: 't' }))).toEqual([
      { type: 'held' },
      { type: 'refused', by: 'token', available: 20n },
    ]);
    expect(ledger.run(settle('a', 90n))).toEqual([{ type: 'closed', applied: true, charged: 50n, uncollected: 40n }]);
    expect(ledger.state.budgets[0]).toEqual({ tokenId: 't', granted: 50n, spent: 50n, held: 0n });
    const lowered = new MemoryLedger({ accounts: [account('w', 1_000n)], budgets: [budget] });
    lowered.run(hold('a', 30n, { tokenId: 't' }));
    lowered.state = { ...lowered.state, budgets: lowered.state.budgets.map((known) => ({ ...known, granted: 10n })) };
    expect(lowered.run(settle('a', 30n))).toEqual([{ type: 'closed', applied: true, charged: 30n, uncollected: 0n }]);
  });

  it('counts what an unlimited token spends and bounds nothing', () => {
    const ledger = new MemoryLedger({ accounts: [account('w', 100n)], budgets: [{ tokenId: 't', granted: null, spent: 0n, held: 0n }] });
    ledger.run(hold('a', 10n, { tokenId: 't' }));
    ledger.run(settle('a', 70n));
    expect(ledger.state.budgets[0]).toMatchObject({ spent: 70n, held: 0n });
  });

  it('refuses a token without a budget', () => {
    const ledger = new MemoryLedger({ accounts: [account('w', 100n)] });
    expect(ledger.run(hold('a', 10n, { tokenId: 'none' }))).toEqual([{ type: 'refused', by: 'token', available: 0n }]);
  });

  it('spends a subscription before the wallet, one transfer for each', () => {
    const ledger = new MemoryLedger({ accounts: [account('a-wallet', 100n), account('b-subscription', 30n, { kind: 'subscription' })] });
    ledger.run(hold('a', 50n));
    expect(ledger.state.holds[0]?.funding).toEqual([
      { accountId: 'b-subscription', amount: 30n },
      { accountId: 'a-wallet', amount: 20n },
    ]);
    ledger.run(settle('a', 45n));
    expect(ledger.transfers.map(({ debit_account, amount, leg }) => [debit_account, amount, leg])).toEqual([
      ['b-subscription', 30n, 0],
      ['a-wallet', 15n, 1],
    ]);
  });

  it('extends a hold once for each key, and not beyond what is free', () => {
    const ledger = new MemoryLedger({ accounts: [account('w', 100n)] });
    ledger.run(hold('a', 60n));
    const extension = { type: 'extend', holdId: 'a', amount: 30n, key: 'k1' } as const;
    expect(ledger.run(extension, extension, { ...extension, key: 'k2' })).toEqual([
      { type: 'extended', enough: true },
      { type: 'extended', enough: true },
      { type: 'extended', enough: false },
    ]);
    expect(ledger.state.accounts[0]).toMatchObject({ held: 90n });
  });

  it('answers a repeated settlement with the first, and changes nothing', () => {
    const ledger = new MemoryLedger({ accounts: [account('w', 100n)] });
    ledger.run(hold('a', 60n));
    ledger.run(settle('a', 10n));
    expect(ledger.run(settle('a', 10n), settle('unknown', 10n))).toEqual([
      { type: 'closed', applied: false, charged: 10n, uncollected: 0n },
      { type: 'closed', applied: false, charged: 0n, uncollected: 0n },
    ]);
    expect(ledger.receipts).toHaveLength(1);
  });

  it('sweeps by the policy: gives back or charges in full, with a receipt that says so', () => {
    const ledger = new MemoryLedger({ accounts: [account('w', 100n)] });
    ledger.run(hold('a', 60n), hold('b', 30n));
    ledger.run(sweep('a', 'release'), sweep('b', 'charge'));
    expect(ledger.state.accounts[0]).toMatchObject({ balance: 70n, held: 0n });
    expect(ledger.receipts).toMatchObject([
      { id: 'a', outcome: 'lost', policy: 'swept-release', cost: 0n, request_id: 'request-a' },
      { id: 'b', outcome: 'lost', policy: 'swept-charge', cost: 30n },
    ]);
  });
});

describe('batch against a model', () => {
  const amount = fc.bigInt(0n, 120n);
  const holdId = fc.constantFrom('h0', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'h7');
  const operation: fc.Arbitrary<LedgerOperation> = fc.oneof(
    fc.tuple(holdId, amount).map(([id, held]) => hold(id, held, ownerOf(id))),
    fc
      .tuple(holdId, amount, fc.constantFrom('k0', 'k1', 'k2'))
      .map(([id, more, key]) => ({ type: 'extend', holdId: id, amount: more, key }) as const),
    fc.tuple(holdId, amount).map(([id, actual]) => settle(id, actual)),
    fc.tuple(holdId, fc.constantFrom('release' as const, 'charge' as const)).map(([id, policy]) => sweep(id, policy)),
  );
  const batches = fc.array(fc.array(operation, { maxLength: 6 }), { maxLength: 12 });
  const balances = fc.tuple(amount, amount, amount);

  /** Two users; the first has two accounts and a token with a budget, the second an unlimited token. */
  function ownerOf(id: string): { userId: string; tokenId?: string } {
    const index = Number(id.slice(1));
    if (index < 3) return { userId: 'u', tokenId: 'capped' };
    return index < 5 ? { userId: 'u' } : { userId: 'v', tokenId: 'free' };
  }

  function opened([wallet, subscription, other]: readonly [bigint, bigint, bigint]): MemoryLedger {
    return new MemoryLedger({
      accounts: [account('w', wallet), account('s', subscription, { kind: 'subscription' }), account('x', other, { userId: 'v' })],
      budgets: [
        { tokenId: 'capped', granted: 70n, spent: 0n, held: 0n },
        { tokenId: 'free', granted: null, spent: 0n, held: 0n },
      ],
    });
  }

  it('never goes below zero or above a cap, and its sums match after every batch', () => {
    fc.assert(
      fc.property(balances, batches, (start, runs) => {
        const ledger = opened(start);
        const before = new Map(ledger.state.accounts.map(({ id, balance }) => [id, balance]));
        for (const operations of runs) {
          ledger.run(...operations);
          expectSound(ledger, before);
        }
      }),
    );
  });

  it('answers like one account of the sum, one operation at a time', () => {
    fc.assert(
      fc.property(balances, batches, (start, runs) => {
        const ledger = opened(start);
        const model = new SimpleModel(
          new Map([
            ['u', start[0] + start[1]],
            ['v', start[2]],
          ]),
          new Map([['capped', 70n]]),
        );
        for (const operations of runs) expect(ledger.run(...operations)).toEqual(operations.map((each) => model.apply(each)));
      }),
    );
  });

  it('changes nothing when a batch is repeated', () => {
    fc.assert(
      fc.property(balances, batches, (start, runs) => {
        const ledger = opened(start);
        for (const operations of runs) {
          const outcomes = ledger.run(...operations);
          // An opening that was refused is answered anew; only what was done counts as a repetition.
          const done = operations.filter((_, index) => isDone(outcomes[index]));
          const isLast = (holdId: string, key: string) =>
            ledger.state.holds.some((known) => known.id === holdId && known.lastExtension === key);
          const { state, transfers } = structuredClone({ state: ledger.state, transfers: ledger.transfers });
          ledger.run(...done.filter((each) => each.type !== 'extend' || isLast(each.holdId, each.key)));
          expect(ledger.state).toEqual(state);
          expect(ledger.transfers).toEqual(transfers);
        }
      }),
    );
  });
});

function isDone(outcome: LedgerOutcome | undefined): boolean {
  return outcome?.type === 'held' || (outcome?.type === 'extended' && outcome.enough) || (outcome?.type === 'closed' && outcome.applied);
}

function expectSound(ledger: MemoryLedger, before: ReadonlyMap<string, bigint>): void {
  const open = ledger.state.holds;
  const sumOf = (amounts: readonly bigint[]) => amounts.reduce((sum, each) => sum + each, 0n);
  for (const { id, balance, held } of ledger.state.accounts) {
    expect(held >= 0n && held <= balance).toBe(true);
    expect(held).toBe(sumOf(open.flatMap(({ funding }) => funding.filter((leg) => leg.accountId === id).map((leg) => leg.amount))));
    expect(balance).toBe(
      (before.get(id) ?? 0n) - sumOf(ledger.transfers.filter((row) => row.debit_account === id).map((row) => row.amount)),
    );
  }
  for (const { tokenId, granted, spent, held } of ledger.state.budgets) {
    if (granted !== null) expect(spent + held <= granted).toBe(true);
    expect(held).toBe(sumOf(open.filter((known) => known.tokenId === tokenId).map((known) => known.amount)));
    expect(spent).toBe(sumOf(ledger.receipts.filter(({ id }) => ledger.tokens.get(id) === tokenId).map(({ cost }) => cost)));
  }
  const receipts = ledger.receipts.map(({ id }) => id);
  expect(new Set(receipts).size).toBe(receipts.length);
  expect([...receipts, ...open.map(({ id }) => id)].sort()).toEqual([...ledger.tokens.keys()].sort());
  for (const { id, amount, funding } of open) expect(sumOf(funding.map((leg) => leg.amount)), id).toBe(amount);
  for (const { id, cost } of ledger.receipts)
    expect(sumOf(ledger.transfers.filter((row) => row.reference === id).map((row) => row.amount))).toBe(cost);
}

/** The rules in their simplest form: one pot for each user, one cap for each token. */
class SimpleModel {
  readonly #holds = new Map<
    string,
    { userId: string; tokenId: string | null; amount: bigint; open: boolean; key: string | null; charged: bigint; uncollected: bigint }
  >();

  constructor(
    private readonly free: Map<string, bigint>,
    private readonly caps: Map<string, bigint>,
  ) {}

  apply(operation: LedgerOperation): LedgerOutcome {
    if (operation.type === 'hold') return this.#hold(operation);
    const known = this.#holds.get(operation.holdId);
    if (operation.type === 'extend') {
      if (known?.open && known.key === operation.key) return { type: 'extended', enough: true };
      if (!known?.open || this.#limit(known) < operation.amount) return { type: 'extended', enough: false };
      this.#move(known, -operation.amount);
      known.amount += operation.amount;
      known.key = operation.key;
      return { type: 'extended', enough: true };
    }
    if (!known?.open)
      return {
        type: 'closed',
        applied: false,
        ...(operation.type === 'settle' && known
          ? { charged: known.charged, uncollected: known.uncollected }
          : { charged: 0n, uncollected: 0n }),
      };
    const actual = operation.type === 'settle' ? operation.actual : operation.policy === 'charge' ? known.amount : 0n;
    const limit = known.amount + this.#limit(known);
    known.charged = actual < limit ? actual : limit;
    known.uncollected = actual - known.charged;
    known.open = false;
    this.#move(known, known.amount - known.charged);
    return { type: 'closed', applied: true, charged: known.charged, uncollected: known.uncollected };
  }

  #hold({ holdId, userId, tokenId, amount }: Extract<LedgerOperation, { type: 'hold' }>): LedgerOutcome {
    if (this.#holds.has(holdId)) return { type: 'held' };
    const cap = this.caps.get(tokenId ?? '');
    const free = this.free.get(userId) ?? 0n;
    if (cap !== undefined && cap < amount) return { type: 'refused', by: 'token', available: cap };
    if (free < amount) return { type: 'refused', by: 'account', available: free };
    const known = { userId, tokenId, amount, open: true, key: null, charged: 0n, uncollected: 0n };
    this.#holds.set(holdId, known);
    this.#move(known, -amount);
    return { type: 'held' };
  }

  #limit({ userId, tokenId }: { userId: string; tokenId: string | null }): bigint {
    const free = this.free.get(userId) ?? 0n;
    const cap = this.caps.get(tokenId ?? '') ?? free;
    return cap < free ? cap : free;
  }

  #move({ userId, tokenId }: { userId: string; tokenId: string | null }, amount: bigint): void {
    this.free.set(userId, (this.free.get(userId) ?? 0n) + amount);
    const cap = this.caps.get(tokenId ?? '');
    if (tokenId !== null && cap !== undefined) this.caps.set(tokenId, cap + amount);
  }
}
