import type { Database } from '../../storage/database.js';
import type { UsageRecord } from './usage.js';
import { rowToUsageRecord, signedUsageColumns, type UsageRecordRow } from './usage-record-row.js';

export interface UsagePageRequest {
  readonly limit: number;
  /** The last record of the page before; undefined for the newest. */
  readonly before?: { readonly createdAt: number; readonly id: string };
}

/** Calls of one token, newest first. @throws StorageUnavailableError */
export async function usageOfToken(database: Database, tokenId: string, page: UsagePageRequest): Promise<readonly UsageRecord[]> {
  const query = database
    .knex<UsageRecordRow>('usage_records')
    .select(...signedUsageColumns, 'mac')
    .where('token_id', tokenId)
    .orderBy([
      { column: 'created_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .limit(page.limit);
  if (page.before !== undefined) query.whereRaw('(created_at, id) < (?, ?)', [page.before.createdAt, page.before.id]);
  const rows: readonly UsageRecordRow[] = await query;
  return rows.map(rowToUsageRecord);
}
