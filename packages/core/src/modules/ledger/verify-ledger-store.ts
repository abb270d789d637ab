import type { Transaction } from '../../storage/database.js';
import { signedUsageColumns, usageHourKeys, usageHourSums, type UsageRecordRow } from '../usage/index.js';
import {
  type AccountRow,
  accountColumns,
  type BudgetRow,
  type BudgetTerms,
  budgetColumns,
  type CounterRow,
  counterColumns,
  type HoldRow,
  holdColumns,
} from './ledger-rows.js';
import { signedTransferColumns, type TransferRow } from './ledger-state.js';

const rowsPerChunk = 1_000;

export interface StoredTransfer extends TransferRow {
  readonly mac: string;
}

/** A receipt, with what was booked for it. */
export interface StoredRecord extends UsageRecordRow {
  readonly booked: { readonly transfers: number; readonly amount: bigint };
}

/** As it comes from the drivers. */
type RawRecord = Omit<UsageRecordRow, 'created_at'> & { readonly created_at: bigint };

export type StoredBudget = BudgetRow & BudgetTerms & { readonly mac: string };
export type StoredHour = Readonly<Record<string, string | number | bigint>>;

/** Transfers in chunks, in the order of their keys. */
export async function* transfersInChunks(transaction: Transaction): AsyncGenerator<readonly StoredTransfer[]> {
  yield* inChunks(
    (last: StoredTransfer | undefined) =>
      transaction('transfers')
        .select(...signedTransferColumns, 'mac')
        .whereRaw('(kind, reference, leg) > (?, ?, ?)', [last?.kind ?? '', last?.reference ?? '', last?.leg ?? 0])
        .orderBy(['kind', 'reference', 'leg'])
        .limit(rowsPerChunk) as Promise<StoredTransfer[]>,
  );
}

/** Receipts in chunks, in the order of their keys, which is that of time. */
export async function* recordsInChunks(transaction: Transaction, kinds: readonly string[]): AsyncGenerator<readonly StoredRecord[]> {
  const chunks = inChunks(
    (last: RawRecord | undefined) =>
      transaction('usage_records')
        .select(...signedUsageColumns, 'mac')
        .whereRaw('(created_at, id) > (?, ?)', [Number(last?.created_at ?? Number.MIN_SAFE_INTEGER), last?.id ?? ''])
        .orderBy(['created_at', 'id'])
        .limit(rowsPerChunk) as Promise<RawRecord[]>,
  );
  for await (const records of chunks) {
    const ids = records.map(({ id }) => id);
    const booked = await bookedFor(transaction, kinds, ids);
    yield records.map((record) => ({
      ...record,
      created_at: Number(record.created_at),
      booked: booked.get(record.id) ?? { transfers: 0, amount: 0n },
    }));
  }
}

async function bookedFor(
  transaction: Transaction,
  kinds: readonly string[],
  ids: readonly string[],
): Promise<ReadonlyMap<string, StoredRecord['booked']>> {
  const rows: { readonly reference: string; readonly amount: unknown }[] = await transaction('transfers')
    .whereIn('kind', kinds)
    .whereIn('reference', ids)
    .select('reference', 'amount');
  const sums = new Map<string, StoredRecord['booked']>();
  for (const { reference, amount } of rows) {
    const { transfers, amount: sum } = sums.get(reference) ?? { transfers: 0, amount: 0n };
    // SQLite keeps whatever it is given: an amount that is no integer is found with its transfer.
    sums.set(reference, { transfers: transfers + 1, amount: typeof amount === 'bigint' ? sum + amount : sum });
  }
  return sums;
}

/** Transfers of calls without a receipt. Reads both tables, so it is asked only if their numbers do not match. */
export async function transfersWithoutRecord(
  transaction: Transaction,
  kinds: readonly string[],
  limit: number,
): Promise<readonly Pick<TransferRow, 'kind' | 'reference' | 'leg'>[]> {
  return transaction('transfers')
    .leftJoin('usage_records', 'usage_records.id', 'transfers.reference')
    .whereIn('transfers.kind', kinds)
    .whereNull('usage_records.id')
    .select('transfers.kind', 'transfers.reference', 'transfers.leg')
    .limit(limit);
}

/** A refund with the receipt of its call, whose columns are null if there is none. */
export interface RefundAtFault {
  readonly reference: string;
  readonly amount: unknown;
  readonly credit_account: string;
  readonly user_id: string | null;
  readonly cost: unknown;
}

/** Refunds that no receipt explains: found in the database, so that the others cost nothing here. */
export async function refundsAtFault(transaction: Transaction, limit: number): Promise<readonly RefundAtFault[]> {
  return transaction('transfers as refund')
    .leftJoin('usage_records as record', 'record.request_id', 'refund.reference')
    .where('refund.kind', 'refund')
    .whereRaw("(record.id is null or refund.amount > record.cost or refund.credit_account <> 'wallet:' || record.user_id)")
    .select('refund.reference', 'refund.amount', 'refund.credit_account', 'record.user_id', 'record.cost')
    .limit(limit);
}

export async function* holdsInChunks(transaction: Transaction): AsyncGenerator<readonly HoldRow[]> {
  yield* inChunks(
    (last: HoldRow | undefined) =>
      transaction('holds')
        .select(holdColumns.split(', '))
        .where('id', '>', last?.id ?? '')
        .orderBy('id')
        .limit(rowsPerChunk) as Promise<HoldRow[]>,
  );
}

/** The claim of an idempotency key with the traces that its call must have left. */
export interface StoredKeyClaim {
  readonly id: string;
  readonly state: string;
  readonly hold_id: string;
  /** Id of its receipt, if there is one. */
  readonly receipt: string | null;
}

export async function* keyClaimsInChunks(transaction: Transaction): AsyncGenerator<readonly StoredKeyClaim[]> {
  yield* inChunks(
    (last: StoredKeyClaim | undefined) =>
      transaction('idempotency_keys as claim')
        .leftJoin('usage_records as record', (join) => join.on('record.request_id', 'claim.request_id').andOn('record.id', 'claim.hold_id'))
        .select('claim.id', 'claim.state', 'claim.hold_id', { receipt: 'record.id' })
        .where('claim.id', '>', last?.id ?? '')
        .orderBy('claim.id')
        .limit(rowsPerChunk) as Promise<StoredKeyClaim[]>,
  );
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

/** Every hour that roll-ups speak of, in order. */
export async function hoursWithRollUps(transaction: Transaction): Promise<readonly number[]> {
  const rows: readonly { readonly hour: unknown }[] = await transaction('usage_hours').distinct('hour').orderBy('hour');
  return rows.map(({ hour }) => Number(hour));
}

export async function rollUpsOf(transaction: Transaction, hour: number): Promise<readonly StoredHour[]> {
  return transaction('usage_hours')
    .where({ hour })
    .select(...usageHourKeys, ...usageHourSums);
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
