import type { RowMac } from '../../foundation/row-mac.js';
import type { Database, Transaction } from '../../storage/database.js';
import { signedUsageValues, type UsageRecordRow } from '../usage/index.js';
import { walletOf } from './books-store.js';
import type { HoldOwnerKind } from './ledger.js';
import { spendWindowsOf, spendWindowsText } from './spend-counters.js';
import { type AccountRow, rowToAccount, rowToBudget, rowToCounter, rowToHold, signedBudgetValues } from './ledger-rows.js';
import { type HoldState, signedTransferValues } from './ledger-state.js';
import {
  accountsInChunks,
  budgetsInChunks,
  countersInChunks,
  countRecords,
  holdsInChunks,
  type StoredBudget,
  type StoredHold,
  type StoredTransfer,
  strayRecords,
  tokensWithoutBudget,
  transfersInChunks,
  usersWithoutWallet,
} from './verify-ledger-store.js';

/** One thing that is not as the rows say it should be. */
export interface LedgerDifference {
  readonly type: 'account' | 'transfer' | 'hold' | 'usage-record' | 'token-budget' | 'spend-counter';
  readonly id: string;
  /** What is wrong with it: `balance`, `held`, `mac`, … */
  readonly what: string;
  readonly expected: string;
  readonly found: string;
}

export interface LedgerReport {
  readonly clean: boolean;
  readonly checked: {
    readonly accounts: number;
    readonly transfers: number;
    readonly holds: number;
    readonly openHolds: number;
    readonly usageRecords: number;
    readonly tokenBudgets: number;
    readonly spendCounters: number;
  };
  /** Every difference, in the order in which they were found. */
  readonly differences: readonly LedgerDifference[];
}

/**
 * Proves the books: recomputes every balance, every held amount and every token's spending from the rows they come from, and checks that no
 * signed row was altered. Reads one consistent moment of a database that may be in use.
 * @throws StorageUnavailableError
 */
export async function verifyLedger(database: Database, mac: RowMac): Promise<LedgerReport> {
  return database.snapshot((transaction) => new Verification(transaction, mac).run());
}

const callKinds: readonly HoldOwnerKind[] = ['call', 'task', 'session', 'job'];
const systemAccount = /^system:/;

/** Amounts by id; what was never added is zero. */
class Sums {
  readonly #amounts = new Map<string, bigint>();

  add(id: string, amount: bigint): void {
    this.#amounts.set(id, this.of(id) + amount);
  }

  of(id: string): bigint {
    return this.#amounts.get(id) ?? 0n;
  }

  has(id: string): boolean {
    return this.#amounts.has(id);
  }

  ids(): IterableIterator<string> {
    return this.#amounts.keys();
  }
}

class Verification {
  readonly #transaction: Transaction;
  readonly #mac: RowMac;
  readonly #differences: LedgerDifference[] = [];
  readonly #balances = new Sums();
  readonly #heldOnAccounts = new Sums();
  readonly #heldOnTokens = new Sums();
  readonly #spentByTokens = new Sums();
  readonly #heldOnCounters = new Sums();
  readonly #spentOnCounters = new Sums();
  readonly #checked = { accounts: 0, transfers: 0, holds: 0, openHolds: 0, usageRecords: 0, tokenBudgets: 0, spendCounters: 0 };

  constructor(transaction: Transaction, mac: RowMac) {
    this.#transaction = transaction;
    this.#mac = mac;
  }

  async run(): Promise<LedgerReport> {
    for await (const transfers of transfersInChunks(this.#transaction))
      for (const row of transfers) this.#read('transfer', `${row.kind} ${row.reference} ${row.leg}`, (id) => this.#checkTransfer(id, row));
    for await (const holds of holdsInChunks(this.#transaction, callKinds))
      for (const row of holds) this.#read('hold', row.id, () => this.#checkHold(row));
    for (const { id } of await strayRecords(this.#transaction)) this.#differ('usage-record', id, 'hold', 'a closed hold', 'none');
    this.#checked.usageRecords = await countRecords(this.#transaction);
    await this.#checkAccounts();
    await this.#checkBudgets();
    await this.#checkCounters();
    return { clean: this.#differences.length === 0, checked: this.#checked, differences: this.#differences };
  }

  /** A row that a hand has made unreadable is a difference, not the end of the search. */
  #read(type: LedgerDifference['type'], id: string, check: (id: string) => void): void {
    try {
      check(id);
    } catch (error) {
      this.#differ(type, id, 'row', 'one that can be read', error instanceof Error ? error.message : String(error));
    }
  }

  #checkTransfer(id: string, row: StoredTransfer): void {
    this.#checked.transfers += 1;
    if (!this.#mac.verify('transfers', signedTransferValues(row), row.mac)) this.#differ('transfer', id, 'mac', 'unaltered', 'altered');
    this.#balances.add(row.debit_account, -row.amount);
    this.#balances.add(row.credit_account, row.amount);
    if (!callKinds.some((kind) => kind === row.kind)) return;
    if (row.hold_state === null || row.hold_state === 'open')
      this.#differ('transfer', id, 'hold', 'a closed hold', row.hold_state ?? 'none');
  }

  #checkHold(row: StoredHold): void {
    this.#checked.holds += 1;
    const hold = rowToHold(row);
    if (hold.state === 'open') this.#checkOpenHold(hold, row);
    else this.#checkClosedHold(hold, row);
    const funded = hold.funding.reduce((sum, leg) => sum + leg.amount, 0n);
    this.#compare('hold', hold.id, 'amount', funded, hold.amount);
  }

  #checkOpenHold(hold: HoldState, row: StoredHold): void {
    this.#checked.openHolds += 1;
    for (const { accountId, amount } of hold.funding) this.#heldOnAccounts.add(accountId, amount);
    if (hold.tokenId !== null) this.#heldOnTokens.add(hold.tokenId, hold.amount);
    for (const { counterId } of hold.caps) this.#heldOnCounters.add(counterId, hold.amount);
    this.#compare('hold', hold.id, 'booked while open', 0n, row.booked);
  }

  #checkClosedHold(hold: HoldState, { record, booked }: StoredHold): void {
    if (hold.tokenId !== null) this.#spentByTokens.add(hold.tokenId, hold.charged);
    this.#compare('hold', hold.id, 'charged', booked, hold.charged);
    if (record === undefined) {
      this.#differ('hold', hold.id, 'usage record', 'one', 'none');
      return;
    }
    if (!this.#mac.verify('usage_records', signedUsageValues(record), record.mac))
      this.#differ('usage-record', hold.id, 'mac', 'unaltered', 'altered');
    for (const id of spendWindowsOf(record.spend_windows)) this.#spentOnCounters.add(id, record.cost);
    this.#compare('usage-record', hold.id, 'cost', booked, record.cost);
    this.#compare('usage-record', hold.id, 'uncollected', hold.uncollected, record.uncollected);
    this.#checkOwner(hold, record);
    const swept = record.policy === 'swept-charge' || record.policy === 'swept-release';
    if (swept !== (hold.state === 'swept')) this.#differ('usage-record', hold.id, 'policy', `that of a ${hold.state} hold`, record.policy);
  }

  /** Holds are not signed, but what a closed one says about its call stands in its receipt, which is. */
  #checkOwner(hold: HoldState, record: UsageRecordRow): void {
    this.#compare('hold', hold.id, 'user', record.user_id, hold.userId);
    this.#compare('hold', hold.id, 'token', record.token_id ?? 'none', hold.tokenId ?? 'none');
    this.#compare('hold', hold.id, 'owner', record.request_id, hold.ownerId);
    this.#compare('hold', hold.id, 'rate', record.rate, hold.rate);
    this.#compare('hold', hold.id, 'caps', record.spend_windows ?? 'none', spendWindowsText(hold.caps) ?? 'none');
  }

  async #checkAccounts(): Promise<void> {
    const known = new Set<string>();
    for await (const rows of accountsInChunks(this.#transaction)) {
      for (const row of rows) {
        known.add(row.id);
        this.#read('account', row.id, () => this.#checkAccount(row));
      }
    }
    for (const userId of await usersWithoutWallet(this.#transaction))
      if (!this.#balances.has(walletOf(userId))) this.#differ('account', walletOf(userId), 'row', 'one', 'none');
    this.#checked.accounts = known.size;
    for (const id of new Set([...this.#balances.ids(), ...this.#heldOnAccounts.ids()]))
      if (!known.has(id) && !systemAccount.test(id)) this.#differ('account', id, 'row', 'one', 'none');
  }

  #checkAccount(row: AccountRow): void {
    const { id, userId, kind, balance, held } = rowToAccount(row);
    this.#compare('account', id, 'balance', this.#balances.of(id), balance);
    this.#compare('account', id, 'held', this.#heldOnAccounts.of(id), held);
    if (held < 0n || held > balance) this.#differ('account', id, 'held', `0 to ${balance}`, String(held));
    this.#compare('account', id, 'owner', id, kind === 'wallet' ? walletOf(userId) : `${kind} of ${userId}`);
  }

  async #checkBudgets(): Promise<void> {
    const known = new Set<string>();
    for await (const rows of budgetsInChunks(this.#transaction)) {
      for (const row of rows) {
        known.add(row.token_id);
        this.#read('token-budget', row.token_id, (id) => this.#checkBudget(id, row));
      }
    }
    this.#checked.tokenBudgets = known.size;
    const unfunded = await tokensWithoutBudget(this.#transaction);
    for (const id of new Set([...this.#spentByTokens.ids(), ...this.#heldOnTokens.ids(), ...unfunded]))
      if (!known.has(id)) this.#differ('token-budget', id, 'row', 'one', 'none');
  }

  #checkBudget(id: string, row: StoredBudget): void {
    const { spent, held } = rowToBudget(row);
    this.#compare('token-budget', id, 'spent', this.#spentByTokens.of(id), spent);
    this.#compare('token-budget', id, 'held', this.#heldOnTokens.of(id), held);
    if (!this.#mac.verify('token_budgets', signedBudgetValues(row), row.mac))
      this.#differ('token-budget', id, 'mac', 'unaltered', 'altered');
  }

  async #checkCounters(): Promise<void> {
    const known = new Set<string>();
    for await (const rows of countersInChunks(this.#transaction)) {
      for (const row of rows) {
        known.add(row.id);
        this.#read('spend-counter', row.id, () => {
          const { id, spent, held } = rowToCounter(row);
          this.#compare('spend-counter', id, 'spent', this.#spentOnCounters.of(id), spent);
          this.#compare('spend-counter', id, 'held', this.#heldOnCounters.of(id), held);
        });
      }
    }
    this.#checked.spendCounters = known.size;
    for (const id of new Set([...this.#spentOnCounters.ids(), ...this.#heldOnCounters.ids()]))
      if (!known.has(id)) this.#differ('spend-counter', id, 'row', 'one', 'none');
  }

  #compare<Value extends bigint | string>(type: LedgerDifference['type'], id: string, what: string, expected: Value, found: Value): void {
    if (expected !== found) this.#differ(type, id, what, String(expected), String(found));
  }

  #differ(type: LedgerDifference['type'], id: string, what: string, expected: string, found: string): void {
    this.#differences.push({ type, id, what, expected, found });
  }
}
