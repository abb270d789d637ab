import { emptyUsage } from '@tollgate/plugin-kit';
import type { FrozenRate } from '../pricing/index.js';
import { type ReceiptRow, receiptRowOf, UsageHours, type UsageRecordRow } from '../usage/index.js';
import type {
  ExtendOperation,
  HoldOperation,
  LedgerOperation,
  LedgerOutcome,
  SettleOperation,
  SweepOperation,
} from './ledger-operation.js';
import type { ClaimEnd } from '../idempotency/index.js';
import { KeyClaims } from './key-claims.js';
import {
  type AccountState,
  type BudgetState,
  type ClosedHold,
  type FundingLeg,
  type HoldState,
  type LedgerPlan,
  type LedgerState,
  revenueAccount,
  type TransferRow,
} from './ledger-state.js';
import { type HoldCap, noCaps, SpendCounters, spendWindowsText } from './spend-counters.js';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/**
 * Plans a batch in memory, operation by operation: what is answered, and what is written in the end. Pure; the same for both databases.
 * The state must hold every row that the operations touch, locked until the changes are written.
 */
export function planBatch(operations: readonly LedgerOperation[], state: LedgerState): LedgerPlan {
  const batch = new Batch(state);
  const outcomes = operations.map((operation) => batch.apply(operation));
  return { outcomes, changes: batch.changes() };
}

/** Whose money it is, and what bounds it. */
interface Payer {
  readonly userId: string;
  readonly tokenId: string | null;
  readonly caps: readonly HoldCap[];
}

/** By whom and when a hold is closed, the group that it is counted in, and what becomes of the key of its call. */
interface Closing {
  readonly claim?: ClaimEnd;
  readonly group: string;
  readonly nodeId: string;
  readonly at: number;
}

/** Subscriptions before the wallet. */
const fundingOrder: Readonly<Record<string, number>> = { subscription: 0, wallet: 1 };

/** Working copies of the rows, and what becomes of them. */
class Batch {
  readonly #before: LedgerState;
  readonly #accounts: ReadonlyMap<string, Writable<AccountState>>;
  readonly #accountsOfUsers = new Map<string, Writable<AccountState>[]>();
  readonly #budgets: ReadonlyMap<string, Writable<BudgetState>>;
  readonly #counters: SpendCounters;
  readonly #claims: KeyClaims;
  readonly #holds: Map<string, Writable<HoldState>>;
  /** Holds that are in the database, or were when the batch began. */
  readonly #stored: ReadonlySet<string>;
  readonly #opened = new Map<string, HoldState>();
  readonly #extended = new Set<HoldState>();
  readonly #closed: Map<string, ClosedHold>;
  readonly #removed: string[] = [];
  readonly #transfers: TransferRow[] = [];
  readonly #receipts: Omit<UsageRecordRow, 'mac'>[] = [];
  readonly #hours = new UsageHours();

  constructor(state: LedgerState) {
    this.#before = state;
    this.#accounts = new Map(state.accounts.map((account) => [account.id, { ...account }]));
    this.#budgets = new Map(state.budgets.map((budget) => [budget.tokenId, { ...budget }]));
    this.#counters = new SpendCounters(state.counters);
    this.#claims = new KeyClaims(state.claims);
    this.#holds = new Map(state.holds.map((hold) => [hold.id, { ...hold }]));
    this.#stored = new Set(this.#holds.keys());
    this.#closed = new Map(state.closed.map((closed) => [closed.id, closed]));
    for (const account of this.#accounts.values()) {
      const accounts = this.#accountsOfUsers.get(account.userId);
      if (accounts === undefined) this.#accountsOfUsers.set(account.userId, [account]);
      else accounts.push(account);
    }
    for (const accounts of this.#accountsOfUsers.values())
      accounts.sort((one, other) => (fundingOrder[one.kind] ?? 2) - (fundingOrder[other.kind] ?? 2) || (one.id < other.id ? -1 : 1));
  }

  apply(operation: LedgerOperation): LedgerOutcome {
    switch (operation.type) {
      case 'hold':
        return this.#hold(operation);
      case 'extend':
        return this.#extend(operation);
      case 'settle':
        return this.#settle(operation);
      default:
        return this.#sweep(operation);
    }
  }

  changes(): LedgerPlan['changes'] {
    const accounts = this.#before.accounts.flatMap((before) => {
      const after = this.#accounts.get(before.id) ?? before;
      const change = { id: before.id, balance: after.balance - before.balance, held: after.held - before.held };
      return change.balance === 0n && change.held === 0n ? [] : [change];
    });
    const budgets = this.#before.budgets.flatMap((before) => {
      const after = this.#budgets.get(before.tokenId) ?? before;
      const change = { tokenId: before.tokenId, spent: after.spent - before.spent, held: after.held - before.held };
      return change.spent === 0n && change.held === 0n ? [] : [change];
    });
    return {
      accounts,
      budgets,
      counters: this.#counters.changes(),
      claims: this.#claims.written(),
      freedClaims: this.#claims.freed(),
      opened: [...this.#opened.values()],
      extended: [...this.#extended],
      closed: this.#removed,
      transfers: this.#transfers,
      receipts: this.#receipts,
      hours: this.#hours.rows(),
    };
  }

  #hold(operation: HoldOperation): LedgerOutcome {
    if (this.#holds.has(operation.holdId) || this.#closed.has(operation.holdId)) return { type: 'held' };
    if (this.#claims.isTaken(operation)) return { type: 'refused', by: 'key' };
    const { amount, userId, tokenId, caps = noCaps } = operation;
    const refusal = this.#refusal({ userId, tokenId, caps }, amount);
    if (refusal !== undefined) return refusal;
    const hold: HoldState = {
      id: operation.holdId,
      ownerKind: operation.ownerKind,
      ownerId: operation.ownerId,
      userId,
      tokenId,
      nodeId: operation.nodeId,
      amount,
      funding: this.#setAside({ userId, tokenId, caps }, amount, []),
      rate: operation.rate,
      caps,
      claimId: operation.claim?.id ?? null,
      lastExtension: null,
      createdAt: operation.at,
    };
    this.#holds.set(hold.id, hold);
    this.#opened.set(hold.id, hold);
    this.#claims.take(operation);
    return { type: 'held' };
  }

  #extend(operation: ExtendOperation): LedgerOutcome {
    const hold = this.#holds.get(operation.holdId);
    if (hold?.lastExtension === operation.key) return { type: 'extended', enough: true };
    if (hold === undefined || this.#refusal(hold, operation.amount) !== undefined) return { type: 'extended', enough: false };
    hold.funding = this.#setAside(hold, operation.amount, hold.funding);
    hold.amount += operation.amount;
    hold.lastExtension = operation.key;
    if (this.#stored.has(hold.id)) this.#extended.add(hold);
    return { type: 'extended', enough: true };
  }

  #settle(operation: SettleOperation): LedgerOutcome {
    const hold = this.#holds.get(operation.holdId);
    if (hold !== undefined) return this.#close(hold, operation.actual, operation.receipt, operation);
    const { charged = 0n, uncollected = 0n } = this.#closed.get(operation.holdId) ?? {};
    return { type: 'closed', applied: false, charged, uncollected };
  }

  #sweep(operation: SweepOperation): LedgerOutcome {
    const hold = this.#holds.get(operation.holdId);
    if (hold === undefined) return { type: 'closed', applied: false, charged: 0n, uncollected: 0n };
    const actual = operation.policy === 'charge' ? hold.amount : 0n;
    const rate = JSON.parse(hold.rate) as FrozenRate;
    const { nodeId, at } = operation;
    return this.#close(hold, actual, sweptReceipt(hold, operation, rate), { group: rate.group, nodeId, at });
  }

  /** Undefined if user and token have as much free, and their caps allow it. */
  #refusal({ userId, tokenId, caps }: Payer, amount: bigint): LedgerOutcome | undefined {
    const ofToken = this.#freeOfToken(tokenId);
    if (ofToken !== undefined && ofToken < amount) return { type: 'refused', by: 'token', available: ofToken };
    const ofUser = this.#accountsOf(userId).reduce((sum, account) => sum + account.balance - account.held, 0n);
    if (ofUser < amount) return { type: 'refused', by: 'account', available: ofUser };
    const tightest = this.#counters.tightest(caps);
    if (tightest === undefined || tightest.free >= amount) return undefined;
    return { type: 'refused', by: 'cap', available: tightest.free, cap: tightest.cap };
  }

  /** Holds an amount that is known to be free, on the accounts in their order; the result has at most one leg for each account. */
  #setAside({ userId, tokenId, caps }: Payer, amount: bigint, funding: readonly FundingLeg[]): readonly FundingLeg[] {
    const legs = new Map(funding.map((leg) => [leg.accountId, leg.amount]));
    let rest = amount;
    for (const account of this.#accountsOf(userId)) {
      const part = smaller(rest, account.balance - account.held);
      if (part <= 0n) continue;
      account.held += part;
      rest -= part;
      legs.set(account.id, (legs.get(account.id) ?? 0n) + part);
    }
    const budget = tokenId === null ? undefined : this.#budgets.get(tokenId);
    if (budget !== undefined) budget.held += amount;
    this.#counters.add(caps, 0n, amount);
    return [...legs].map(([accountId, legAmount]) => ({ accountId, amount: legAmount }));
  }

  /**
   * Gives the hold back and takes what the call cost: first from what was held, what is above it from what is free. Budget and caps bound
   * what is taken above the hold, never what was held: they are never exceeded, and never keep a hold from being settled. What is taken
   * counts in the periods in which the hold was opened, however long the call took.
   */
  #close(hold: HoldState, actual: bigint, receiptRow: ReceiptRow, { group, nodeId, at, claim }: Closing): LedgerOutcome {
    const legs = this.#takeHeld(hold, actual);
    const budget = hold.tokenId === null ? undefined : this.#budgets.get(hold.tokenId);
    const takenOfHold = smaller(actual, hold.amount);
    if (budget !== undefined) {
      budget.held -= hold.amount;
      budget.spent += takenOfHold;
    }
    this.#counters.add(hold.caps, takenOfHold, -hold.amount);
    const aboveHold = this.#takeFree(hold.userId, smaller(actual - takenOfHold, this.#boundOf(hold) ?? actual), legs);
    if (budget !== undefined) budget.spent += aboveHold;
    this.#counters.add(hold.caps, aboveHold, 0n);
    const charged = takenOfHold + aboveHold;
    const uncollected = actual - charged;
    this.#book(hold, legs, at);
    if (hold.claimId !== null) this.#claims.end(hold.claimId, hold.id, claim ?? endOfSwept(charged), at);
    this.#remove(hold, { id: hold.id, charged, uncollected });
    const receipt = {
      ...receiptRow,
      cost: charged,
      uncollected,
      held: hold.amount,
      held_at: hold.createdAt,
      settled_at: at,
      spend_windows: spendWindowsText(hold.caps),
    };
    this.#receipts.push(receipt);
    this.#hours.add(receipt, group, nodeId);
    return { type: 'closed', applied: true, charged, uncollected };
  }

  /** A hold that was opened in this batch was never written. */
  #remove(hold: HoldState, closed: ClosedHold): void {
    this.#holds.delete(hold.id);
    this.#opened.delete(hold.id);
    this.#extended.delete(hold);
    this.#closed.set(hold.id, closed);
    if (this.#stored.has(hold.id)) this.#removed.push(hold.id);
  }

  #takeHeld(hold: HoldState, actual: bigint): Map<string, bigint> {
    const legs = new Map<string, bigint>();
    let rest = actual;
    for (const { accountId, amount } of hold.funding) {
      const account = this.#accounts.get(accountId);
      if (account === undefined) throw new Error(`Account ${accountId} of hold ${hold.id} was not loaded.`);
      const part = smaller(rest, amount);
      account.held -= amount;
      account.balance -= part;
      rest -= part;
      legs.set(accountId, part);
    }
    return legs;
  }

  /** Takes up to `wanted` of what is free, adds it to the legs, and says how much it was. */
  #takeFree(userId: string, wanted: bigint, legs: Map<string, bigint>): bigint {
    let rest = wanted;
    for (const account of this.#accountsOf(userId)) {
      const part = smaller(rest, account.balance - account.held);
      if (part <= 0n) continue;
      account.balance -= part;
      rest -= part;
      legs.set(account.id, (legs.get(account.id) ?? 0n) + part);
    }
    return wanted - rest;
  }

  #book(hold: HoldState, legs: ReadonlyMap<string, bigint>, at: number): void {
    for (const [leg, [accountId, amount]] of [...legs].entries()) {
      if (amount === 0n) continue;
      const sides = { debit_account: accountId, credit_account: revenueAccount, amount };
      this.#transfers.push({ kind: hold.ownerKind, reference: hold.id, leg, ...sides, at, reason: null });
    }
  }

  #accountsOf(userId: string): readonly Writable<AccountState>[] {
    return this.#accountsOfUsers.get(userId) ?? [];
  }

  /** What budget and caps leave; undefined = unlimited. */
  #boundOf({ tokenId, caps }: Payer): bigint | undefined {
    const ofToken = this.#freeOfToken(tokenId);
    const ofCaps = this.#counters.tightest(caps)?.free;
    return ofToken === undefined || ofCaps === undefined ? (ofToken ?? ofCaps) : smaller(ofToken, ofCaps);
  }

  /** Undefined = unlimited. A token without a budget row has none to spend. */
  #freeOfToken(tokenId: string | null): bigint | undefined {
    if (tokenId === null) return undefined;
    const budget = this.#budgets.get(tokenId);
    if (budget === undefined) return 0n;
    if (budget.granted === null) return undefined;
    const free = budget.granted - budget.spent - budget.held;
    return free > 0n ? free : 0n;
  }
}

/** Whoever paid for a lost call is not to pay for it again under the same key. */
function endOfSwept(charged: bigint): ClaimEnd {
  return { state: charged > 0n ? 'not-kept' : 'freed' };
}

/** The receipt of a hold whose node died: nobody knows what the call used. */
function sweptReceipt(hold: HoldState, operation: SweepOperation, rate: FrozenRate): ReceiptRow {
  const record = {
    id: hold.id,
    requestId: hold.ownerId,
    createdAt: hold.createdAt,
    userId: hold.userId,
    ...(hold.tokenId === null ? {} : { tokenId: hold.tokenId }),
    model: rate.model,
    dialect: '',
    stream: false,
    outcome: 'lost',
    ending: 'node-died',
    policy: operation.policy === 'charge' ? 'swept-charge' : 'swept-release',
    usage: emptyUsage(),
    estimated: true,
    suspicious: false,
    rate,
    extensions: 0,
    attempts: [],
    totalMs: 0,
  } as const;
  return receiptRowOf(record, hold.rate);
}

function smaller(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}
