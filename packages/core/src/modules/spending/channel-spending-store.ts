import type { Knex } from 'knex';

/** What the calls of a channel cost their callers in one hour, in millipoints. */
export interface ChannelHour {
  readonly channelId: string;
  readonly hour: number;
  readonly cost: bigint;
}

/** Of these channels, since the hour. Calls count where their receipt was written. @throws StorageUnavailableError */
export async function readChannelHours(knex: Knex, channelIds: readonly string[], since: number): Promise<readonly ChannelHour[]> {
  const rows: readonly { channel_id: string; hour: unknown; cost: unknown }[] = await knex('usage_hours')
    .select('channel_id', 'hour')
    .sum({ cost: 'cost' })
    .where('hour', '>=', since)
    .whereIn('channel_id', [...channelIds])
    .groupBy('channel_id', 'hour');
  return rows.map(({ channel_id, hour, cost }) => ({ channelId: channel_id, hour: Number(hour), cost: BigInt(String(cost)) }));
}
