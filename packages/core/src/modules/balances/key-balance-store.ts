import type { Balance } from '@tollgate/plugin-kit';
import type { Knex } from 'knex';
import type { BalanceFailure, KeyBalance } from './key-balance.js';

/** `balance` and `failure` are JSON text. */
interface KeyBalanceRow {
  readonly channel_id: string;
  readonly key_id: string;
  readonly asked_at: number | bigint;
  readonly stated_at: number | bigint | null;
  readonly balance: string | null;
  /** What lists are sorted by; null where nothing is known, or nothing bounds the key. */
  readonly lowest_micros: number | bigint | null;
  readonly failure: string | null;
}

/** Rows of one statement: databases bound the parameters of a statement. */
const rowsAtOnce = 100;

/** Channel → what is known of its keys. @throws StorageUnavailableError */
export async function readKeyBalances(knex: Knex, channelIds: readonly string[]): Promise<ReadonlyMap<string, readonly KeyBalance[]>> {
  const found = new Map<string, KeyBalance[]>();
  for (let start = 0; start < channelIds.length; start += rowsAtOnce) {
    const rows = await knex<KeyBalanceRow>('key_balances')
      .whereIn('channel_id', channelIds.slice(start, start + rowsAtOnce))
      .orderBy('key_id')
      .select();
    for (const row of rows) {
      const known = found.get(row.channel_id);
      if (known === undefined) found.set(row.channel_id, [rowToBalance(row)]);
      else known.push(rowToBalance(row));
    }
  }
  return found;
}

/** Takes the place of what was known; where a question has failed, what was stated before it stays. Each key comes once. */
export async function writeKeyBalances(transaction: Knex.Transaction, channelId: string, balances: readonly KeyBalance[]): Promise<void> {
  // Rows are locked in one order everywhere, so that two who ask the same keys do not wait for each other.
  const rows = balances.toSorted((one, other) => (one.keyId < other.keyId ? -1 : 1)).map((balance) => balanceToRow(channelId, balance));
  for (let start = 0; start < rows.length; start += rowsAtOnce) {
    const some = rows.slice(start, start + rowsAtOnce);
    await writeSome(
      transaction,
      some.filter(({ failure }) => failure === null),
      [...askedColumns, ...statedColumns],
    );
    await writeSome(
      transaction,
      some.filter(({ failure }) => failure !== null),
      askedColumns,
    );
  }
}

const askedColumns = ['asked_at', 'failure'] as const;
const statedColumns = ['stated_at', 'balance', 'lowest_micros'] as const;

/** @param taken columns that take the place of what was known */
async function writeSome(
  transaction: Knex.Transaction,
  rows: readonly KeyBalanceRow[],
  taken: readonly (keyof KeyBalanceRow)[],
): Promise<void> {
  if (rows.length === 0) return;
  await transaction<KeyBalanceRow>('key_balances')
    .insert([...rows])
    .onConflict(['channel_id', 'key_id'])
    .merge([...taken]);
}

/** Forgets all keys of the channel but these. */
export async function keepKeyBalancesOf(transaction: Knex.Transaction, channelId: string, keyIds: readonly string[]): Promise<void> {
  const rows = await transaction<KeyBalanceRow>('key_balances').where('channel_id', channelId).select('key_id');
  const kept = new Set(keyIds);
  const gone = rows.map((row) => row.key_id).filter((id) => !kept.has(id));
  for (let start = 0; start < gone.length; start += rowsAtOnce)
    await transaction<KeyBalanceRow>('key_balances')
      .where('channel_id', channelId)
      .whereIn('key_id', gone.slice(start, start + rowsAtOnce))
      .delete();
}

function rowToBalance(row: KeyBalanceRow): KeyBalance {
  return {
    keyId: row.key_id,
    askedAt: Number(row.asked_at),
    ...(row.balance === null ? {} : { stated: { at: Number(row.stated_at), balance: JSON.parse(row.balance) as Balance } }),
    ...(row.failure === null ? {} : { failure: JSON.parse(row.failure) as BalanceFailure }),
  };
}

function balanceToRow(channelId: string, { keyId, askedAt, stated, failure }: KeyBalance): KeyBalanceRow {
  const amounts = stated?.balance.amounts ?? [];
  return {
    channel_id: channelId,
    key_id: keyId,
    asked_at: askedAt,
    stated_at: stated?.at ?? null,
    balance: stated === undefined ? null : JSON.stringify(stated.balance),
    lowest_micros: amounts.length === 0 ? null : Math.min(...amounts.map(({ micros }) => micros)),
    failure: failure === undefined ? null : JSON.stringify(failure),
  };
}
