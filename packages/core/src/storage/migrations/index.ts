import type { Migration } from '../migrate.js';
import { ledgerMigration } from './0001-ledger.js';
import { directoryMigration } from './0002-directory.js';

/** Every migration, oldest first. */
export const migrations: readonly Migration[] = [ledgerMigration, directoryMigration];
