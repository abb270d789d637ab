import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from './errors.js';

/** Where the SQLite file of a data folder is. */
export function sqliteFile(dataFolder: string): string {
  return join(dataFolder, 'tollgate.sqlite');
}

/**
 * Makes the folder unless it is there, for its owner only: what is in it is nobody else's business.
 * @throws ConfigurationError if it cannot be made.
 */
export function makeDataFolder(dataFolder: string): void {
  try {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError(`${dataFolder} cannot be used: ${reason}. Choose another folder with DATA_DIR.`, { cause: error });
  }
}
