import type { Database } from '../../storage/database.js';
import type { Model } from './model.js';
import { readModels } from './model-store.js';

/** Every model that the gateway knows, in memory, disabled ones included. */
export class ModelDirectory {
  readonly #database: Database;
  #models: ReadonlyMap<string, Model> = new Map();
  #priced: readonly Model[] = [];

  constructor(database: Database) {
    this.#database = database;
  }

  /** @throws StorageUnavailableError; the models then stay as they were. */
  async reload(): Promise<void> {
    const models = await readModels(this.#database.knex);
    this.#models = new Map(models.map((model) => [model.name, model]));
    this.#priced = models.filter(({ enabled, price }) => enabled && price !== undefined);
  }

  find(name: string): Model | undefined {
    return this.#models.get(name);
  }

  /** The enabled models that have a price, by name; the same array until the next reload. */
  priced(): readonly Model[] {
    return this.#priced;
  }
}
