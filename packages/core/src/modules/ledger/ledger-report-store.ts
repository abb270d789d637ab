import { type Millipoints, millipoints } from '../../foundation/millipoints.js';
import type { Database } from '../../storage/database.js';
import { type AccountRow, accountColumns, type BudgetRow, budgetColumns, rowToAccount, rowToBudget } from './ledger-rows.js';

export interface AccountReport {
  /** All that the user owns, what is held included. */
  readonly balance: Millipoints;
  readonly held: Millipoints;
}

export interface BudgetReport {
  readonly granted: Millipoints | 'unlimited';
  readonly spent: Millipoints;
  readonly held: Millipoints;
  readonly remaining: Millipoints | 'unlimited';
}

/** Points that were given back for one call. */
export interface RefundReport {
  readonly amount: Millipoints;
  /** Milliseconds since 1970. */
  readonly at: number;
}

interface RefundRow {
  readonly reference: string;
  readonly amount: bigint | number | string;
  readonly at: bigint | number;
}

/** Sums of all accounts of a user. @throws StorageUnavailableError */
export async function accountOf(database: Database, userId: string): Promise<AccountReport> {
  const rows: readonly AccountRow[] = await database.knex('accounts').where('owner_user_id', userId).select(accountColumns.split(', '));
  const accounts = rows.map(rowToAccount);
  return {
    balance: millipoints(accounts.reduce((sum, account) => sum + account.balance, 0n)),
    held: millipoints(accounts.reduce((sum, account) => sum + account.held, 0n)),
  };
}

/** Undefined if the token has no budget. @throws StorageUnavailableError */
export async function budgetOf(database: Database, tokenId: string): Promise<BudgetReport | undefined> {
  const row: BudgetRow | undefined = await database.knex('token_budgets').where('token_id', tokenId).first(budgetColumns.split(', '));
  if (row === undefined) return undefined;
  const { granted, spent, held } = rowToBudget(row);
  const amounts = { spent: millipoints(spent), held: millipoints(held) };
  if (granted === null) return { granted: 'unlimited', remaining: 'unlimited', ...amounts };
  const rest = granted - spent - held;
  return { granted: millipoints(granted), remaining: millipoints(rest > 0n ? rest : 0n), ...amounts };
}

/** Call → what was given back for it, of those for which something was. @throws StorageUnavailableError */
export async function refundsOf(database: Database, requestIds: readonly string[]): Promise<ReadonlyMap<string, RefundReport>> {
  if (requestIds.length === 0) return new Map();
  const rows: readonly RefundRow[] = await database
    .knex('transfers')
    .where('kind', 'refund')
    .whereIn('reference', [...requestIds])
    .select('reference', 'amount', 'at');
  return new Map(rows.map(({ reference, amount, at }) => [reference, { amount: millipoints(BigInt(amount)), at: Number(at) }]));
}

/** What is set aside for calls that run. */
export interface OpenHolds {
  readonly count: number;
  readonly amount: Millipoints;
}

/** As each database counts and sums. */
interface OpenHoldsRow {
  readonly count?: number | bigint | string;
  readonly amount?: number | bigint | string | null;
}

/** Of all nodes. @throws StorageUnavailableError */
export async function openHolds({ knex }: Database): Promise<OpenHolds> {
  const rows: readonly OpenHoldsRow[] = await knex('holds').count({ count: '*' }).sum({ amount: 'amount' });
  return { count: Number(rows[0]?.count ?? 0), amount: millipoints(BigInt(rows[0]?.amount ?? 0)) };
}
