import type { Knex } from 'knex';
import type { Transaction } from '../../storage/database.js';

/** What calls a key has answered and what calls it has failed, since it was added. */
export interface KeyCounts {
  readonly served: number;
  readonly failed: number;
  /** Milliseconds since 1970. */
  readonly lastUsedAt: number;
}

interface KeyUsageRow {
  readonly key_id: string;
  readonly channel_id: string;
  readonly served: number | bigint;
  readonly failed: number | bigint;
  readonly last_used_at: number | bigint;
  readonly last_served_at: number | bigint | null;
}

export interface NotedUse extends KeyCounts {
  readonly keyId: string;
  /** When the newest try began that it has answered; absent where there is none. */
  readonly lastServedAt?: number | undefined;
}

/** Rows of one statement: databases bound the parameters of a statement. */
const rowsAtOnce = 100;

/** Adds to the counters of the keys that there are still. Rows are locked in one order everywhere, so that nodes do not wait for each other. */
export async function addKeyUsage(transaction: Transaction, uses: readonly NotedUse[]): Promise<void> {
  const sorted = uses.toSorted((one, other) => (one.keyId < other.keyId ? -1 : 1));
  for (let start = 0; start < sorted.length; start += rowsAtOnce) await addSome(transaction, sorted.slice(start, start + rowsAtOnce));
}

async function addSome(transaction: Transaction, uses: readonly NotedUse[]): Promise<void> {
  const keys: readonly { readonly id: string; readonly channel_id: string }[] = await transaction('channel_keys')
    .whereIn(
      'id',
      uses.map(({ keyId }) => keyId),
    )
    .select('id', 'channel_id');
  const channels = new Map(keys.map(({ id, channel_id }) => [id, channel_id]));
  const others = uses.map(({ keyId }) => keyId).filter((id) => !channels.has(id));
  for (const id of await withoutList(transaction, others)) channels.set(id, id);
  const rows = uses.flatMap(({ keyId, served, failed, lastUsedAt, lastServedAt = null }) => {
    const channelId = channels.get(keyId);
    if (channelId === undefined) return [];
    return [{ key_id: keyId, channel_id: channelId, served, failed, last_used_at: lastUsedAt, last_served_at: lastServedAt }];
  });
  if (rows.length === 0) return;
  await transaction<KeyUsageRow>('key_usage')
    .insert(rows)
    .onConflict('key_id')
    .merge({
      served: transaction.raw('key_usage.served + excluded.served'),
      failed: transaction.raw('key_usage.failed + excluded.failed'),
      last_used_at: transaction.raw(
        'case when excluded.last_used_at > key_usage.last_used_at then excluded.last_used_at else key_usage.last_used_at end',
      ),
      last_served_at: transaction.raw(
        `case when excluded.last_served_at > coalesce(key_usage.last_served_at, 0)
          then excluded.last_served_at else key_usage.last_served_at end`,
      ),
    } as never);
}

/** Of these channels those without a list of keys: the one in their configuration is known by the channel's own id. */
async function withoutList(transaction: Transaction, channelIds: readonly string[]): Promise<readonly string[]> {
  if (channelIds.length === 0) return [];
  const rows: readonly { readonly id: string }[] = await transaction('channels')
    .whereIn('id', [...channelIds])
    .whereNotExists(transaction('channel_keys').select('id').whereRaw('channel_keys.channel_id = channels.id'))
    .select('id');
  return rows.map(({ id }) => id);
}

/** Key → counters, of a channel's keys that were used. @throws StorageUnavailableError */
export async function readKeyUsage(knex: Knex, channelId: string): Promise<ReadonlyMap<string, KeyCounts>> {
  const rows = await knex<KeyUsageRow>('key_usage').where('channel_id', channelId).select('key_id', 'served', 'failed', 'last_used_at');
  return new Map(rows.map((row) => [row.key_id, rowToCounts(row)]));
}

/** The same of these keys, of whichever channel. @throws StorageUnavailableError */
export async function readUsageOfKeys(knex: Knex, keyIds: readonly string[]): Promise<ReadonlyMap<string, KeyCounts>> {
  const counts = new Map<string, KeyCounts>();
  for (let start = 0; start < keyIds.length; start += rowsAtOnce) {
    const some = keyIds.slice(start, start + rowsAtOnce);
    const rows = await knex<KeyUsageRow>('key_usage').whereIn('key_id', some).select('key_id', 'served', 'failed', 'last_used_at');
    for (const row of rows) counts.set(row.key_id, rowToCounts(row));
  }
  return counts;
}

/** Channel → when the newest try began that a key of it has answered, of those of these that have answered any. @throws StorageUnavailableError */
export async function readLastServed(knex: Knex, channelIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (let start = 0; start < channelIds.length; start += rowsAtOnce) {
    const rows: readonly { readonly channel_id: string; readonly at: unknown }[] = await knex('key_usage')
      .whereIn('channel_id', channelIds.slice(start, start + rowsAtOnce))
      .whereNotNull('last_served_at')
      .groupBy('channel_id')
      .select('channel_id')
      .max({ at: 'last_served_at' });
    for (const { channel_id, at } of rows) found.set(channel_id, Number(at));
  }
  return found;
}

function rowToCounts(row: Pick<KeyUsageRow, 'served' | 'failed' | 'last_used_at'>): KeyCounts {
  return { served: Number(row.served), failed: Number(row.failed), lastUsedAt: Number(row.last_used_at) };
}

/** Forgets the keys that the channel no longer has. */
export async function keepKeyUsageOf(transaction: Transaction, channelId: string, keyIds: readonly string[]): Promise<void> {
  const rows = await transaction<KeyUsageRow>('key_usage').where('channel_id', channelId).orderBy('key_id').select('key_id');
  const kept = new Set(keyIds);
  const gone = rows.map((row) => row.key_id).filter((id) => !kept.has(id));
  for (let start = 0; start < gone.length; start += rowsAtOnce)
    await transaction<KeyUsageRow>('key_usage')
      .whereIn('key_id', gone.slice(start, start + rowsAtOnce))
      .delete();
}
