import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { makeDataFolder } from '../foundation/data-folder.js';
import { isLockedByAnother } from './storage-failure.js';
import { DataFolderInUseError } from './storage-errors.js';

export interface SingleProcessLock {
  release(): void;
}

/**
 * Claims a data folder for this process: two gateways on one SQLite file would each sweep the other's holds. The lock is an exclusive
 * transaction on a file of its own, kept open for life, so that the operating system frees it however the process ends.
 * @throws DataFolderInUseError
 */
export function lockDataFolder(dataFolder: string): SingleProcessLock {
  makeDataFolder(dataFolder);
  const connection = new Sqlite(join(dataFolder, 'gateway.lock'), { timeout: 0 });
  try {
    connection.exec('begin exclusive');
  } catch (error) {
    connection.close();
    if (!isLockedByAnother(error)) throw error;
    throw new DataFolderInUseError(
      `Another gateway is running on the data folder ${dataFolder}. Stop it first, or set DATA_DIR to another folder; several nodes need PostgreSQL (DATABASE_URL).`,
    );
  }
  return { release: () => connection.close() };
}
