import Sqlite, { type Database as SqliteConnection, type Statement } from 'better-sqlite3';
import { RowMac } from '../../foundation/row-mac.js';
import { asStorageFailure } from '../../storage/storage-failure.js';
import { signedUsageColumns, SqliteUsageHoursStore, storedUsageValues } from '../usage/index.js';
import type { Durability, LedgerOperation, LedgerOutcome } from './ledger-operation.js';
import {
  type AccountRow,
  accountColumns,
  type BudgetRow,
  budgetColumns,
  type ClaimRow,
  claimColumns,
  claimValues,
  type HoldRow,
  holdColumns,
  type ClosedHoldRow,
  type CounterRow,
  counterColumns,
  rowToAccount,
  rowToBudget,
  rowToClaim,
  rowToClosedHold,
  rowToCounter,
  rowToHold,
  usageMac,
  writtenClaimColumns,
} from './ledger-rows.js';
import {
  type AccountState,
  fundingText,
  type HoldState,
  type LedgerChanges,
  type LedgerState,
  needsOf,
  receiptsSought,
  signedTransferColumns,
  signedTransferValues,
} from './ledger-state.js';
import { claimsNeeded } from './key-claims.js';
import { planBatch } from './plan-batch.js';
import { capsText, countersNeeded, type CounterState, type HoldCap } from './spend-counters.js';

export interface SqliteLedgerOptions {
  readonly filename: string;
  readonly macKey: Uint8Array;
  readonly durability: Durability;
}

/** Waits for other processes' write locks here: this connection lives in a thread of its own, or in a test. */
const lockWaitMs = 10_000;

const synchronousOf: Readonly<Record<Durability, string>> = { power: 'FULL', process: 'NORMAL' };

/** The ledger's own connection to the SQLite file: a batch is one IMMEDIATE transaction of prepared statements. */
export class SqliteLedgerStore {
  readonly #connection: SqliteConnection;
  readonly #statements: Statements;
  readonly #hours: SqliteUsageHoursStore;
  readonly #mac: RowMac;

  constructor(options: SqliteLedgerOptions) {
    this.#connection = new Sqlite(options.filename, { timeout: lockWaitMs });
    this.#connection.defaultSafeIntegers(true);
    this.#connection.pragma('journal_mode = WAL');
    this.setDurability(options.durability);
    this.#statements = prepareStatements(this.#connection);
    this.#hours = new SqliteUsageHoursStore(this.#connection);
    this.#mac = new RowMac(options.macKey);
  }

  setDurability(durability: Durability): void {
    this.#connection.pragma(`synchronous = ${synchronousOf[durability]}`);
  }

  /** @throws StorageUnavailableError if the file is locked, full or damaged. */
  execute(operations: readonly LedgerOperation[]): readonly LedgerOutcome[] {
    try {
      this.#statements.begin.run();
      const { outcomes, changes } = planBatch(operations, this.#load(operations));
      this.#write(changes);
      this.#statements.commit.run();
      return outcomes;
    } catch (error) {
      this.#hours.forget();
      if (this.#connection.inTransaction) this.#statements.rollback.run();
      throw asStorageFailure(error);
    }
  }

  close(): void {
    this.#connection.close();
  }

  #load(operations: readonly LedgerOperation[]): LedgerState {
    const needs = needsOf(operations);
    const userIds = new Set(needs.userIds);
    const tokenIds = new Set(needs.tokenIds);
    const holds: HoldState[] = [];
    for (const id of needs.holdIds) {
      const row = this.#statements.hold.get(id);
      if (row === undefined) continue;
      holds.push(rowToHold(row));
      userIds.add(row.user_id);
      if (row.token_id !== null) tokenIds.add(row.token_id);
    }
    const accounts: AccountState[] = [];
    for (const userId of userIds) for (const row of this.#statements.accounts.all(userId)) accounts.push(rowToAccount(row));
    const budgets = [...tokenIds].flatMap((tokenId) => {
      const row = this.#statements.budget.get(tokenId);
      return row === undefined ? [] : [rowToBudget(row)];
    });
    const counters = this.#loadCounters([...needs.caps, ...holds.flatMap(({ caps }) => caps)]);
    const closed = receiptsSought(operations, holds).flatMap(({ id, since }) => {
      const row = this.#statements.closedHold.get(since, id);
      return row === undefined ? [] : [rowToClosedHold(row)];
    });
    const claims = claimsNeeded(needs.claimIds, holds).flatMap((id) => {
      const row = this.#statements.claim.get(id);
      return row === undefined ? [] : [rowToClaim(row)];
    });
    return { accounts, budgets, holds, counters, claims, closed };
  }

  #loadCounters(caps: readonly HoldCap[]): readonly CounterState[] {
    return countersNeeded(caps).map(({ id, endsAt }) => {
      this.#statements.openCounter.run(id, endsAt);
      const row = this.#statements.counter.get(id);
      if (row === undefined) throw new Error(`The counter ${id} is not there.`);
      return rowToCounter(row);
    });
  }

  #write(changes: LedgerChanges): void {
    const statements = this.#statements;
    for (const { id, balance, held } of changes.accounts) expectOne(statements.changeAccount.run(balance, held, id));
    for (const { tokenId, spent, held } of changes.budgets) expectOne(statements.changeBudget.run(spent, held, tokenId));
    for (const { id, spent, held } of changes.counters) expectOne(statements.changeCounter.run(spent, held, id));
    for (const id of changes.freedClaims) expectOne(statements.freeClaim.run(id));
    for (const claim of changes.claims) statements.writeClaim.run(...claimValues(claim));
    for (const hold of changes.opened) this.#insertHold(hold);
    for (const hold of changes.extended)
      expectOne(statements.extendHold.run(hold.amount, fundingText(hold.funding), hold.lastExtension, hold.id));
    for (const id of changes.closed) expectOne(statements.closeHold.run(id));
    for (const transfer of changes.transfers) {
      const values = signedTransferValues(transfer);
      statements.insertTransfer.run(...values, this.#mac.sign('transfers', values));
    }
    for (const receipt of changes.receipts) {
      statements.insertRecord.run(...storedUsageValues(receipt), usageMac(this.#mac, receipt));
    }
    for (const row of changes.hours) this.#hours.add(row);
  }

  #insertHold(hold: HoldState): void {
    const { id, ownerKind, ownerId, userId, tokenId, nodeId, amount, funding, rate, caps, claimId, createdAt } = hold;
    const texts = [fundingText(funding), rate, capsText(caps)];
    this.#statements.openHold.run(id, ownerKind, ownerId, userId, tokenId, nodeId, amount, ...texts, claimId, createdAt);
  }
}

type Statements = ReturnType<typeof prepareStatements>;

function prepareStatements(connection: SqliteConnection) {
  const write = (sql: string): Statement => connection.prepare(sql);
  const insert = (table: string, columns: readonly string[]) =>
    write(`insert into ${table} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`);
  return {
    begin: write('begin immediate'),
    commit: write('commit'),
    rollback: write('rollback'),
    hold: connection.prepare<[string], HoldRow>(`select ${holdColumns} from holds where id = ?`),
    accounts: connection.prepare<[string], AccountRow>(`select ${accountColumns} from accounts where owner_user_id = ?`),
    budget: connection.prepare<[string], BudgetRow>(`select ${budgetColumns} from token_budgets where token_id = ?`),
    openCounter: write('insert into spend_counters (id, ends_at) values (?, ?) on conflict (id) do nothing'),
    counter: connection.prepare<[string], CounterRow>(`select ${counterColumns} from spend_counters where id = ?`),
    changeCounter: write('update spend_counters set spent = spent + ?, held = held + ? where id = ?'),
    claim: connection.prepare<[string], ClaimRow>(`select ${claimColumns} from idempotency_keys where id = ?`),
    writeClaim: write(
      `insert or replace into idempotency_keys (${writtenClaimColumns.join(', ')}) values (${writtenClaimColumns.map(() => '?').join(', ')})`,
    ),
    freeClaim: write('delete from idempotency_keys where id = ?'),
    changeAccount: write('update accounts set balance = balance + ?, held = held + ? where id = ?'),
    changeBudget: write('update token_budgets set spent = spent + ?, held = held + ? where token_id = ?'),
    openHold: insert('holds', [
      'id',
      'owner_kind',
      'owner_id',
      'user_id',
      'token_id',
      'node_id',
      'amount',
      'funding',
      'rate',
      'caps',
      'claim_id',
      'created_at',
    ]),
    extendHold: write('update holds set amount = ?, funding = ?, last_extension = ? where id = ?'),
    closeHold: write('delete from holds where id = ?'),
    closedHold: connection.prepare<[number, string], ClosedHoldRow>(
      'select id, cost, uncollected from usage_records where created_at >= ? and id = ?',
    ),
    insertTransfer: insert('transfers', [...signedTransferColumns, 'mac']),
    insertRecord: insert('usage_records', [...signedUsageColumns, 'mac']),
  };
}

/** What was read under the write lock must still be there; anything else is a fault of ours and must not be committed. */
function expectOne(result: { readonly changes: number }): void {
  if (result.changes !== 1) throw new Error('A row of the ledger changed under its lock.');
}
