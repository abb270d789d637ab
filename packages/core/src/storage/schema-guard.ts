import type { Database } from './database.js';
import { type Migration, refuseTooNew } from './migrate.js';
import { SchemaTooNewError } from './storage-errors.js';

/** Notices that a newer release has migrated the database beyond what this node can work with, while it runs. */
export class SchemaGuard {
  readonly #database: Database;
  readonly #migrations: readonly Migration[] | undefined;
  #fits = true;

  /** @param migrations Those that this node knows; of this release if left out. */
  constructor(database: Database, migrations?: readonly Migration[]) {
    this.#database = database;
    this.#migrations = migrations;
  }

  /** False: this node must take no more calls. */
  get fits(): boolean {
    return this.#fits;
  }

  /** To be called when something has changed: migrations raise the revision. @throws SchemaTooNewError, StorageUnavailableError */
  async check(): Promise<void> {
    try {
      await refuseTooNew(this.#database, this.#migrations);
      this.#fits = true;
    } catch (error) {
      if (error instanceof SchemaTooNewError) this.#fits = false;
      throw error;
    }
  }
}
