import type { Database } from '../../storage/database.js';
import type { UsageRecord } from './usage.js';
import { rowToUsageRecord, signedUsageColumns, type UsageRecordRow } from './usage-record-row.js';

export interface UsagePageRequest {
  readonly limit: number;
  /** The last record of the page before; undefined for the newest. */
  readonly before?: { readonly createdAt: number; readonly id: string };
}

/** Whose calls: those of one token, or of all tokens that a user has. */
export type UsageOwner = { readonly tokenId: string } | { readonly userId: string };

/** Newest first. @throws StorageUnavailableError */
export async function usageOf({ knex }: Database, owner: UsageOwner, page: UsagePageRequest): Promise<readonly UsageRecord[]> {
  const query = knex<UsageRecordRow>('usage_records')
    .select(...signedUsageColumns, 'mac')
    .whereIn('token_id', 'tokenId' in owner ? [owner.tokenId] : knex('tokens').select('id').where('user_id', owner.userId))
    .orderBy([
      { column: 'created_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .limit(page.limit);
  if (page.before !== undefined) query.whereRaw('(created_at, id) < (?, ?)', [page.before.createdAt, page.before.id]);
  const rows: readonly UsageRecordRow[] = await query;
  return rows.map(rowToUsageRecord);
}

/** @throws StorageUnavailableError */
export async function usageOfCall({ knex }: Database, requestId: string): Promise<UsageRecord | undefined> {
  const row = await knex<UsageRecordRow>('usage_records')
    .select(...signedUsageColumns, 'mac')
    .where('request_id', requestId)
    .first();
  return row === undefined ? undefined : rowToUsageRecord(row);
}
