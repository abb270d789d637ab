import type { Database, Transaction } from '../../storage/database.js';
import { databaseNow } from '../../storage/database-clock.js';

type Kind = Database['kind'];

/** A channel that somebody was told is down. */
export interface ToldOutage {
  /** In milliseconds since 1970. */
  readonly since: number;
  /** Nothing is the matter any more, as far as it was seen the last time. */
  readonly isEnding: boolean;
}

interface OutageRow {
  readonly channel_id: string;
  readonly since: number | bigint;
  readonly well_since: number | bigint | null;
}

/** By the channel's id. @throws StorageUnavailableError */
export async function readOutages({ knex }: Database): Promise<ReadonlyMap<string, ToldOutage>> {
  const rows: readonly OutageRow[] = await knex<OutageRow>('channel_outages').select('channel_id', 'since', 'well_since');
  return new Map(rows.map(({ channel_id, since, well_since }) => [channel_id, { since: Number(since), isEnding: well_since !== null }]));
}

/** False if somebody has been told already. */
export async function beginOutage(transaction: Transaction, channelId: string, since: number): Promise<boolean> {
  const rows: readonly unknown[] = await transaction('channel_outages')
    .insert({ channel_id: channelId, since: Math.round(since), well_since: null })
    .onConflict('channel_id')
    .ignore()
    .returning('channel_id');
  return rows.length > 0;
}

/** It is still, or again, as it was when it was told. */
export async function goOnWithOutage(transaction: Transaction, channelId: string): Promise<void> {
  await transaction('channel_outages').where('channel_id', channelId).update({ well_since: null });
}

/** Nothing is the matter. True, once, if that has been so for long enough: then the outage is over. */
export async function endOutage(transaction: Transaction, kind: Kind, channelId: string, wellForMs: number): Promise<boolean> {
  const now = databaseNow(kind);
  const row = transaction('channel_outages').where('channel_id', channelId);
  await row
    .clone()
    .whereNull('well_since')
    .update({ well_since: transaction.raw(now) });
  const ended: number = await row.whereRaw(`well_since <= ${now} - ${Math.round(wellForMs)}`).delete();
  return ended > 0;
}

/** Nobody is told how they go on: people have switched the channels off. */
export async function forgetOutages(transaction: Transaction, channelIds: readonly string[]): Promise<void> {
  for (const channelId of channelIds) await transaction('channel_outages').where('channel_id', channelId).delete();
}
