import type { RowMac } from '../../foundation/row-mac.js';
import type { Database, Transaction } from '../../storage/database.js';
import type { FrozenRate } from '../pricing/index.js';
import { signedUsageValues } from '../usage/index.js';
import { walletOf } from './books-store.js';
import type { HoldOwnerKind } from './ledger.js';
import { type LedgerDifference, LedgerDifferences, Sums } from './ledger-differences.js';
import {
  type AccountRow,
  type CounterRow,
  type HoldRow,
  rowToAccount,
  rowToBudget,
  rowToCounter,
  rowToHold,
  signedBudgetValues,
} from './ledger-rows.js';
import { signedTransferValues } from './ledger-state.js';
import { spendWindowsOf } from './spend-counters.js';
import { HourVerification } from './verify-hours.js';
import { KeyVerification } from './verify-keys.js';
import { verifyRefunds } from './verify-refunds.js';
import {
  accountsInChunks,
  budgetsInChunks,
  countersInChunks,
  holdsInChunks,
  recordsInChunks,
  type StoredBudget,
  type StoredRecord,
  type StoredTransfer,
  tokensWithoutBudget,
  transfersInChunks,
  transfersWithoutRecord,
  usersWithoutWallet,
} from './verify-ledger-store.js';

export type { LedgerDifference } from './ledger-differences.js';

export interface LedgerReport {
  readonly clean: boolean;
  readonly checked: {
    readonly accounts: number;
    readonly transfers: number;
    readonly holds: number;
    readonly usageRecords: number;
    readonly usageHours: number;
    readonly tokenBudgets: number;
    readonly spendCounters: number;
    readonly idempotencyKeys: number;
  };
  /** The first thousand differences, in the order in which they were found. */
  readonly differences: readonly LedgerDifference[];
  /** All of them. */
  readonly differencesCount: number;
}

/** Told from time to time how far the search is. */
export type VerifyProgress = (table: 'transfers' | 'usage records', rows: number) => void;

/**
 * Proves the books: recomputes every balance, every held amount, what every token and cap has spent and every hourly roll-up from the rows
 * they come from, and checks that no signed row was altered. Reads one consistent moment of a database that may be in use, a chunk at a time:
 * what it keeps in memory grows with accounts, tokens and open holds, not with the number of calls.
 * @throws StorageUnavailableError
 */
export async function verifyLedger(database: Database, mac: RowMac, progress: VerifyProgress = () => undefined): Promise<LedgerReport> {
  return database.snapshot((transaction) => new Verification(transaction, mac, progress).run());
}

const callKinds: readonly HoldOwnerKind[] = ['call', 'task', 'session', 'job'];
const systemAccount = /^system:/;
const rateGroupsMax = 10_000;

class Verification {
  readonly #transaction: Transaction;
  readonly #mac: RowMac;
  readonly #progress: VerifyProgress;
  readonly #found = new LedgerDifferences();
  readonly #hours: HourVerification;
  readonly #balances = new Sums();
  readonly #heldOnAccounts = new Sums();
  readonly #heldOnTokens = new Sums();
  readonly #spentByTokens = new Sums();
  readonly #heldOnCounters = new Sums();
  readonly #spentOnCounters = new Sums();
  /** Counters of periods long past are forgotten; what was spent then needs no sum. */
  readonly #counterIds = new Set<string>();
  readonly #openHolds = new Set<string>();
  readonly #keys: KeyVerification;
  readonly #groupsOfRates = new Map<string, string>();
  #callTransfers = 0;
  #bookedTransfers = 0;
  readonly #checked = { accounts: 0, transfers: 0, holds: 0, usageRecords: 0, usageHours: 0, tokenBudgets: 0, spendCounters: 0 };

  constructor(transaction: Transaction, mac: RowMac, progress: VerifyProgress) {
    this.#transaction = transaction;
    this.#mac = mac;
    this.#progress = progress;
    this.#hours = new HourVerification(transaction, this.#found);
    this.#keys = new KeyVerification(transaction, this.#found);
  }

  async run(): Promise<LedgerReport> {
    await this.#checkTransfers();
    await this.#checkHolds();
    await this.#listCounters();
    await this.#checkRecords();
    await this.#checkAccounts();
    await this.#checkBudgets();
    await this.#checkCounters();
    await this.#keys.run();
    await verifyRefunds(this.#transaction, this.#found);
    const { kept: differences, count: differencesCount } = this.#found;
    const checked = { ...this.#checked, usageHours: this.#hours.checked, idempotencyKeys: this.#keys.checked };
    return { clean: differencesCount === 0, checked, differences, differencesCount };
  }

  async #checkTransfers(): Promise<void> {
    for await (const transfers of transfersInChunks(this.#transaction)) {
      for (const row of transfers)
        this.#found.reading('transfer', `${row.kind} ${row.reference} ${row.leg}`, (id) => this.#checkTransfer(id, row));
      this.#checked.transfers += transfers.length;
      this.#progress('transfers', this.#checked.transfers);
    }
  }

  #checkTransfer(id: string, row: StoredTransfer): void {
    if (callKinds.some((kind) => kind === row.kind)) this.#callTransfers += 1;
    if (!this.#mac.verify('transfers', signedTransferValues(row), row.mac)) this.#altered('transfer', id);
    this.#balances.add(row.debit_account, -row.amount);
    this.#balances.add(row.credit_account, row.amount);
  }

  async #checkHolds(): Promise<void> {
    for await (const holds of holdsInChunks(this.#transaction)) {
      for (const row of holds) this.#found.reading('hold', row.id, () => this.#checkHold(row));
      this.#checked.holds += holds.length;
    }
  }

  #checkHold(row: HoldRow): void {
    this.#openHolds.add(row.id);
    const { id, amount, funding, tokenId, caps, claimId } = rowToHold(row);
    if (claimId !== null) this.#keys.expectRunning(claimId, id);
    for (const leg of funding) this.#heldOnAccounts.add(leg.accountId, leg.amount);
    if (tokenId !== null) this.#heldOnTokens.add(tokenId, amount);
    for (const { counterId } of caps) this.#heldOnCounters.add(counterId, amount);
    const funded = funding.reduce((sum, leg) => sum + leg.amount, 0n);
    this.#found.compare('hold', id, 'amount', { expected: funded, found: amount });
  }

  async #checkRecords(): Promise<void> {
    for await (const records of recordsInChunks(this.#transaction, callKinds)) {
      for (const row of records) {
        if (this.#hours.begins(row.created_at)) await this.#hours.endHour();
        this.#found.reading('usage-record', row.id, (id) => this.#checkRecord(id, row));
      }
      this.#checked.usageRecords += records.length;
      this.#progress('usage records', this.#checked.usageRecords);
    }
    await this.#hours.end();
    if (this.#bookedTransfers === this.#callTransfers) return;
    for (const { kind, reference, leg } of await transfersWithoutRecord(this.#transaction, callKinds, 1_000))
      this.#found.compare('transfer', `${kind} ${reference} ${leg}`, 'usage record', { expected: 'one', found: 'none' });
  }

  #checkRecord(id: string, { booked, ...row }: StoredRecord): void {
    this.#bookedTransfers += booked.transfers;
    if (!this.#mac.verify('usage_records', signedUsageValues(row), row.mac)) this.#altered('usage-record', id);
    if (row.token_id !== null) this.#spentByTokens.add(row.token_id, row.cost);
    this.#found.compare('usage-record', id, 'cost', { expected: booked.amount, found: row.cost });
    if (this.#openHolds.has(id)) this.#found.compare('usage-record', id, 'hold', { expected: 'a closed one', found: 'open' });
    for (const counterId of spendWindowsOf(row.spend_windows))
      if (this.#counterIds.has(counterId) || isRecent(row.created_at)) this.#spentOnCounters.add(counterId, row.cost);
    this.#hours.add(row, this.#groupOf(row.rate));
  }

  #groupOf(rate: string): string {
    const known = this.#groupsOfRates.get(rate);
    if (known !== undefined) return known;
    if (this.#groupsOfRates.size >= rateGroupsMax) this.#groupsOfRates.clear();
    const { group } = JSON.parse(rate) as FrozenRate;
    this.#groupsOfRates.set(rate, group);
    return group;
  }

  async #checkAccounts(): Promise<void> {
    const known = new Set<string>();
    for await (const rows of accountsInChunks(this.#transaction)) {
      for (const row of rows) {
        known.add(row.id);
        this.#found.reading('account', row.id, () => this.#checkAccount(row));
      }
    }
    for (const userId of await usersWithoutWallet(this.#transaction))
      if (!this.#balances.has(walletOf(userId))) this.#missing('account', walletOf(userId));
    this.#checked.accounts = known.size;
    for (const id of new Set([...this.#balances.ids(), ...this.#heldOnAccounts.ids()]))
      if (!known.has(id) && !systemAccount.test(id)) this.#missing('account', id);
  }

  #checkAccount(row: AccountRow): void {
    const { id, userId, kind, balance, held } = rowToAccount(row);
    this.#found.compare('account', id, 'balance', { expected: this.#balances.of(id), found: balance });
    this.#found.compare('account', id, 'held', { expected: this.#heldOnAccounts.of(id), found: held });
    if (held < 0n || held > balance) this.#found.compare('account', id, 'held', { expected: `0 to ${balance}`, found: String(held) });
    this.#found.compare('account', id, 'owner', { expected: id, found: kind === 'wallet' ? walletOf(userId) : `${kind} of ${userId}` });
  }

  async #checkBudgets(): Promise<void> {
    const known = new Set<string>();
    for await (const rows of budgetsInChunks(this.#transaction)) {
      for (const row of rows) {
        known.add(row.token_id);
        this.#found.reading('token-budget', row.token_id, (id) => this.#checkBudget(id, row));
      }
    }
    this.#checked.tokenBudgets = known.size;
    const unfunded = await tokensWithoutBudget(this.#transaction);
    for (const id of new Set([...this.#spentByTokens.ids(), ...this.#heldOnTokens.ids(), ...unfunded]))
      if (!known.has(id)) this.#missing('token-budget', id);
  }

  #checkBudget(id: string, row: StoredBudget): void {
    const { spent, held } = rowToBudget(row);
    this.#found.compare('token-budget', id, 'spent', { expected: this.#spentByTokens.of(id), found: spent });
    this.#found.compare('token-budget', id, 'held', { expected: this.#heldOnTokens.of(id), found: held });
    if (!this.#mac.verify('token_budgets', signedBudgetValues(row), row.mac)) this.#altered('token-budget', id);
  }

  async #listCounters(): Promise<void> {
    for await (const rows of countersInChunks(this.#transaction)) for (const { id } of rows) this.#counterIds.add(id);
    this.#checked.spendCounters = this.#counterIds.size;
  }

  async #checkCounters(): Promise<void> {
    for await (const rows of countersInChunks(this.#transaction))
      for (const row of rows) this.#found.reading('spend-counter', row.id, (id) => this.#checkCounter(id, row));
    for (const id of new Set([...this.#spentOnCounters.ids(), ...this.#heldOnCounters.ids()]))
      if (!this.#counterIds.has(id)) this.#missing('spend-counter', id);
  }

  #checkCounter(id: string, row: CounterRow): void {
    const { spent, held } = rowToCounter(row);
    this.#found.compare('spend-counter', id, 'spent', { expected: this.#spentOnCounters.of(id), found: spent });
    this.#found.compare('spend-counter', id, 'held', { expected: this.#heldOnCounters.of(id), found: held });
  }

  #altered(type: LedgerDifference['type'], id: string): void {
    this.#found.add({ type, id, what: 'mac', expected: 'unaltered', found: 'altered' });
  }

  #missing(type: LedgerDifference['type'], id: string): void {
    this.#found.add({ type, id, what: 'row', expected: 'one', found: 'none' });
  }
}

const recentMs = 31 * 86_400_000;

/** A counter that a call of these days was counted on must still be there; see {@link spendCounterExpiryJob}. */
function isRecent(createdAt: number): boolean {
  return createdAt > Date.now() - recentMs;
}
