import type { Database } from '../../storage/database.js';
import type { Model } from './model.js';
import { readModels } from './model-store.js';

/** Every model that the gateway knows, in memory, disabled ones included. */
export class ModelDirectory {
  readonly #database: Database;
  #models: ReadonlyMap<string, Model> = new Map();

  constructor(database: Database) {
    this.#database = database;
  }

  /** @throws StorageUnavailableError; the models then stay as they were. */
  async reload(): Promise<void> {
    this.#models = new Map((await readModels(this.#database.knex)).map((model) => [model.name, model]));
  }

  find(name: string): Model | undefined {
    return this.#models.get(name);
  }
}
