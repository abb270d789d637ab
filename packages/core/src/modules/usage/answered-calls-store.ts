import type { Knex } from 'knex';
import { hourOf } from './usage-hour.js';

const hourMs = 3_600_000;

/**
 * Channel → model → how many calls it has answered in this hour and the one before. Calls count where their receipt was written.
 * @throws StorageUnavailableError
 */
export async function readAnsweredCalls(
  knex: Knex,
  channelIds: readonly string[],
  now: number,
): Promise<ReadonlyMap<string, ReadonlyMap<string, number>>> {
  const answered = new Map<string, Map<string, number>>();
  if (channelIds.length === 0) return answered;
  const rows: readonly { channel_id: string; model: string; calls: unknown; failures: unknown }[] = await knex('usage_hours')
    .select('channel_id', 'model')
    .sum({ calls: 'calls', failures: 'failures' })
    .where('hour', '>=', hourOf(now) - hourMs)
    .whereIn('channel_id', [...channelIds])
    .groupBy('channel_id', 'model');
  for (const { channel_id, model, calls, failures } of rows) {
    const ofChannel = answered.get(channel_id) ?? new Map<string, number>();
    answered.set(channel_id, ofChannel.set(model, Number(calls) - Number(failures)));
  }
  return answered;
}
