import type { FrozenRate } from '../pricing/index.js';
import type { Database } from '../../storage/database.js';

/** An open hold whose node is gone. */
export interface OrphanedHold {
  readonly id: string;
  /** The model that was asked for. */
  readonly model: string;
}

/** Oldest first. @throws StorageUnavailableError */
export async function orphanedHolds(database: Database, limit: number): Promise<readonly OrphanedHold[]> {
  const rows: readonly { readonly id: string; readonly rate: string }[] = await database
    .knex('holds')
    .select('holds.id', 'holds.rate')
    .leftJoin('nodes', 'nodes.id', 'holds.node_id')
    .whereNull('nodes.id')
    .orderBy('holds.id')
    .limit(limit);
  return rows.map(({ id, rate }) => ({ id, model: (JSON.parse(rate) as FrozenRate).model }));
}
