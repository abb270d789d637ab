import { signedUsageColumns, usageHourKeys, usageHourSums } from '../usage/index.js';
import { accountColumns, budgetColumns, claimColumns, counterColumns, holdColumns, writtenClaimColumns } from './ledger-rows.js';
import { signedTransferColumns } from './ledger-state.js';

/** Prepared once for each connection; many rows travel as one parameter, JSON. */
export interface NamedStatement {
  readonly name: string;
  readonly text: string;
}

const integerColumns: ReadonlySet<string> = new Set([
  'leg',
  'stream',
  'estimated',
  'suspicious',
  'extensions',
  'first_byte_ms',
  'total_ms',
  'overhead_us',
  'answer_status',
]);
const bigintColumns: ReadonlySet<string> = new Set([
  'amount',
  'at',
  'balance',
  'cost',
  'created_at',
  'expires_at',
  'held',
  'held_at',
  'hour',
  'settled_at',
  'spent',
  ...usageHourSums,
]);

function typed(columns: readonly string[]): string {
  return columns
    .map((column) => `${column} ${bigintColumns.has(column) ? 'bigint' : integerColumns.has(column) ? 'integer' : 'text'}`)
    .join(', ');
}

function rowsOfParameter(columns: readonly string[]): string {
  return `json_to_recordset($1::json) as row(${typed(columns)})`;
}

function insertion(table: string, columns: readonly string[]): string {
  const names = columns.join(', ');
  return `insert into ${table} (${names}) select ${names} from ${rowsOfParameter(columns)}`;
}

/** Those that new holds name ($1), and those of holds that are there ($2). */
const concerned = (column: string) => `select unnest($1::text[]) union select ${column} from holds where id = any($2)`;

/**
 * For the ledger's connection: it looks rows up by key and nothing else, so plans that read whole tables are never right there, even while
 * the server's statistics are missing or out of date.
 */
export const postgresLedgerSession =
  'set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off; set enable_bitmapscan = off; set plan_cache_mode = force_generic_plan';

export const postgresLedgerStatements = {
  holds: { name: 'ledger-holds', text: `select ${holdColumns} from holds where id = any($1) order by id for update` },
  accounts: {
    name: 'ledger-accounts',
    text: `select ${accountColumns} from accounts where owner_user_id in (${concerned('user_id')}) order by id for update`,
  },
  budgets: {
    name: 'ledger-budgets',
    text: `select ${budgetColumns} from token_budgets where token_id in (${concerned('token_id')}) order by token_id for update`,
  },
  openCounters: {
    name: 'ledger-open-counters',
    text: 'insert into spend_counters (id, ends_at) select * from unnest($1::text[], $2::bigint[]) on conflict (id) do nothing',
  },
  counters: {
    name: 'ledger-counters',
    text: `select ${counterColumns} from spend_counters where id = any($1) order by id for update`,
  },
  claims: { name: 'ledger-claims', text: `select ${claimColumns} from idempotency_keys where id = any($1) order by id for update` },
  writeClaims: {
    name: 'ledger-write-claims',
    text: `${insertion('idempotency_keys', writtenClaimColumns)} on conflict (id)
      do update set ${writtenClaimColumns.map((column) => `${column} = excluded.${column}`).join(', ')}`,
  },
  freeClaims: {
    name: 'ledger-free-claims',
    text: `delete from idempotency_keys using ${rowsOfParameter(['id'])} where idempotency_keys.id = row.id`,
  },
  changeCounters: {
    name: 'ledger-change-counters',
    text: `update spend_counters set spent = spend_counters.spent + row.spent, held = spend_counters.held + row.held
      from ${rowsOfParameter(['id', 'spent', 'held'])} where spend_counters.id = row.id`,
  },
  changeAccounts: {
    name: 'ledger-change-accounts',
    text: `update accounts set balance = accounts.balance + row.balance, held = accounts.held + row.held
      from ${rowsOfParameter(['id', 'balance', 'held'])} where accounts.id = row.id`,
  },
  changeBudgets: {
    name: 'ledger-change-budgets',
    text: `update token_budgets set spent = token_budgets.spent + row.spent, held = token_budgets.held + row.held
      from ${rowsOfParameter(['token_id', 'spent', 'held'])} where token_budgets.token_id = row.token_id`,
  },
  openHolds: {
    name: 'ledger-open-holds',
    text: insertion('holds', [
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
  },
  extendHolds: {
    name: 'ledger-extend-holds',
    text: `update holds set amount = row.amount, funding = row.funding, last_extension = row.last_extension
      from ${rowsOfParameter(['id', 'amount', 'funding', 'last_extension'])} where holds.id = row.id`,
  },
  closeHolds: { name: 'ledger-close-holds', text: `delete from holds using ${rowsOfParameter(['id'])} where holds.id = row.id` },
  closedHolds: {
    name: 'ledger-closed-holds',
    text: `select receipt.* from unnest($1::bigint[], $2::text[]) as sought (since, id) cross join lateral (
      select id, cost, uncollected from usage_records where created_at >= sought.since and id = sought.id limit 1) as receipt`,
  },
  insertTransfers: { name: 'ledger-insert-transfers', text: insertion('transfers', [...signedTransferColumns, 'mac']) },
  insertRecords: { name: 'ledger-insert-records', text: insertion('usage_records', [...signedUsageColumns, 'mac']) },
  addToHours: {
    name: 'ledger-add-to-hours',
    text: `${insertion('usage_hours', [...usageHourKeys, ...usageHourSums])}
      on conflict (${usageHourKeys.join(', ')})
      do update set ${usageHourSums.map((column) => `${column} = usage_hours.${column} + excluded.${column}`).join(', ')}`,
  },
} as const satisfies Readonly<Record<string, NamedStatement>>;
