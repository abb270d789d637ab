import { sqliteFile } from '../../foundation/data-folder.js';
import type { FaultSeam } from '../../foundation/fault-points.js';
import type { DatabaseTarget } from '../../storage/database.js';
import { InlineExecutor } from './inline-executor.js';
import type { Durability, LedgerExecutor } from './ledger-operation.js';
import { PostgresLedgerStore } from './postgres-ledger-store.js';
import { SqliteLedgerStore } from './sqlite-ledger-store.js';
import { WorkerExecutor } from './worker-executor.js';

/** The built worker lies beside the built file that this module ends up in. */
const workerFile = './ledger-worker.js';

/** The executor for a database that is migrated. `macKey` is that of `rowMacKey`. */
export function openLedgerExecutor(target: DatabaseTarget, macKey: Uint8Array, durability: Durability, faults?: FaultSeam): LedgerExecutor {
  if (target.databaseUrl !== undefined) return new PostgresLedgerStore({ databaseUrl: target.databaseUrl, macKey, durability, faults });
  const filename = sqliteFile(target.dataFolder);
  // Threads cannot load TypeScript sources.
  if (import.meta.url.endsWith('.ts')) return new InlineExecutor(new SqliteLedgerStore({ filename, macKey, durability }));
  return new WorkerExecutor(new URL(workerFile, import.meta.url), { filename, macKey, durability });
}
