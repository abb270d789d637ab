import type { Database } from '../../storage/database.js';

/** Ids of holds whose node is gone, oldest first. @throws StorageUnavailableError */
export async function orphanedHolds(database: Database, limit: number): Promise<readonly string[]> {
  const rows: readonly { readonly id: string }[] = await database
    .knex('holds')
    .select('holds.id')
    .leftJoin('nodes', 'nodes.id', 'holds.node_id')
    .whereNull('nodes.id')
    .orderBy('holds.id')
    .limit(limit);
  return rows.map((row) => row.id);
}
