import type { Transaction } from '../../storage/database.js';
import { type UsageRecordRow, signedUsageColumns } from '../usage/index.js';
import {
  type AccountRow,
  accountColumns,
  type BudgetRow,
  type BudgetTerms,
  type CounterRow,
  counterColumns,
  budgetColumns,
  type HoldRow,
  holdColumns,
} from './ledger-rows.js';
import { signedTransferColumns, type TransferRow } from './ledger-state.js';

const rowsPerChunk = 1_000;

export interface StoredTransfer extends TransferRow {
  readonly mac: string;
  /** State of the hold that the reference names; null if there is none. */
  readonly hold_state: string | null;
}

export interface StoredHold extends HoldRow {
  readonly record: UsageRecordRow | undefined;
  /** Sum of the transfers that refer to the hold. */
  readonly booked: bigint;
}

export type StoredBudget = BudgetRow & BudgetTerms & { readonly mac: string };

/** Transfers in chunks, in the order of their keys. */
export async function* transfersInChunks(transaction: Transaction): AsyncGenerator<readonly StoredTransfer[]> {
  const columns = [...signedTransferColumns, 'mac'].map((column) => `transfers.${column}`);
  yield* inChunks(
    (last: StoredTransfer | undefined) =>
      transaction('transfers')
        .select(...columns, 'holds.state as hold_state')
        .leftJoin('holds', 'holds.id', 'transfers.reference')
        .whereRaw('(kind, reference, leg) > (?, ?, ?)', [last?.kind ?? '', last?.reference ?? '', last?.leg ?? 0])
        .orderBy(['kind', 'reference', 'leg'])
        .limit(rowsPerChunk) as Promise<StoredTransfer[]>,
  );
}

/** Holds in chunks, each with its receipt and with what was booked for it. */
export async function* holdsInChunks(transaction: Transaction, kinds: readonly string[]): AsyncGenerator<readonly StoredHold[]> {
  const chunks = inChunks(
    (last: { readonly id: string } | undefined) =>
      transaction('holds')
        .select(holdColumns.split(', '))
        .where('id', '>', last?.id ?? '')
        .orderBy('id')
        .limit(rowsPerChunk) as Promise<HoldRow[]>,
  );
  for await (const holds of chunks) {
    const ids = holds.map((hold) => hold.id);
    const records = await recordsOf(transaction, ids);
    const booked = await bookedFor(transaction, kinds, ids);
    yield holds.map((hold) => ({ ...hold, record: records.get(hold.id), booked: booked.get(hold.id) ?? 0n }));
  }
}

async function recordsOf(transaction: Transaction, holdIds: readonly string[]): Promise<ReadonlyMap<string, UsageRecordRow>> {
  const rows: UsageRecordRow[] = await transaction('holds')
    .join('usage_records', { 'usage_records.created_at': 'holds.record_at', 'usage_records.id': 'holds.id' })
    .whereIn('holds.id', holdIds)
    .select([...signedUsageColumns, 'mac'].map((column) => `usage_records.${column}`));
  return new Map(rows.map((row) => [row.id, row]));
}

async function bookedFor(transaction: Transaction, kinds: readonly string[], ids: readonly string[]): Promise<ReadonlyMap<string, bigint>> {
  const rows: { readonly reference: string; readonly amount: unknown }[] = await transaction('transfers')
    .whereIn('kind', kinds)
    .whereIn('reference', ids)
    .select('reference', 'amount');
  const sums = new Map<string, bigint>();
  // SQLite keeps whatever it is given: an amount that is no integer is found with its transfer.
  for (const { reference, amount } of rows) if (typeof amount === 'bigint') sums.set(reference, (sums.get(reference) ?? 0n) + amount);
  return sums;
}

/** Receipts that no closed hold points to: written twice, or by nobody. */
export async function strayRecords(transaction: Transaction): Promise<readonly { readonly id: string }[]> {
  return transaction('usage_records')
    .leftJoin('holds', { 'holds.id': 'usage_records.id', 'holds.record_at': 'usage_records.created_at' })
    .whereNull('holds.id')
    .select('usage_records.id');
}

/** Users without a wallet. */
export async function usersWithoutWallet(transaction: Transaction): Promise<readonly string[]> {
  const rows: readonly { readonly id: string }[] = await transaction('users')
    .leftJoin('accounts', (join) => join.on('accounts.owner_user_id', 'users.id').andOnVal('accounts.kind', 'wallet'))
    .whereNull('accounts.id')
    .select('users.id');
  return rows.map(({ id }) => id);
}

/** Tokens without a budget, limited or not. */
export async function tokensWithoutBudget(transaction: Transaction): Promise<readonly string[]> {
  const rows: readonly { readonly id: string }[] = await transaction('tokens')
    .leftJoin('token_budgets', 'token_budgets.token_id', 'tokens.id')
    .whereNull('token_budgets.token_id')
    .select('tokens.id');
  return rows.map(({ id }) => id);
}

export async function countRecords(transaction: Transaction): Promise<number> {
  const row = await transaction('usage_records').count({ count: '*' }).first();
  return Number(row?.['count'] ?? 0);
}

export async function* accountsInChunks(transaction: Transaction): AsyncGenerator<readonly AccountRow[]> {
  yield* inChunks(
    (last: AccountRow | undefined) =>
      transaction('accounts')
        .select(accountColumns.split(', '))
        .where('id', '>', last?.id ?? '')
        .orderBy('id')
        .limit(rowsPerChunk) as Promise<AccountRow[]>,
  );
}

export async function* countersInChunks(transaction: Transaction): AsyncGenerator<readonly CounterRow[]> {
  yield* inChunks(
    (last: CounterRow | undefined) =>
      transaction('spend_counters')
        .select(counterColumns.split(', '))
        .where('id', '>', last?.id ?? '')
        .orderBy('id')
        .limit(rowsPerChunk) as Promise<CounterRow[]>,
  );
}

export async function* budgetsInChunks(transaction: Transaction): AsyncGenerator<readonly StoredBudget[]> {
  yield* inChunks(
    (last: StoredBudget | undefined) =>
      transaction('token_budgets')
        .select([...budgetColumns.split(', '), 'applied_target', 'mac'])
        .where('token_id', '>', last?.token_id ?? '')
        .orderBy('token_id')
        .limit(rowsPerChunk) as Promise<StoredBudget[]>,
  );
}

async function* inChunks<Row>(read: (last: Row | undefined) => Promise<Row[]>): AsyncGenerator<readonly Row[]> {
  let last: Row | undefined;
  for (;;) {
    const rows = await read(last);
    last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
  }
}
