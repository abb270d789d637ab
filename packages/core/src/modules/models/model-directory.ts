import type { Database } from '../../storage/database.js';
import type { EffectiveModel } from './model.js';
import { ModelCatalogue, type ModelHints } from './model-catalogue.js';
import { readModels } from './model-store.js';
import type { Vendor } from './vendor.js';
import { readVendors } from './vendor-store.js';

/** Every model that the gateway knows, in memory, disabled ones included. */
export class ModelDirectory {
  readonly #database: Database;
  readonly #hints: ModelHints;
  #catalogue = new ModelCatalogue([]);
  #priced: readonly EffectiveModel[] = [];
  #vendors: readonly Vendor[] = [];

  constructor(database: Database, hints: ModelHints = new Map()) {
    this.#database = database;
    this.#hints = hints;
  }

  /** @throws StorageUnavailableError; the models then stay as they were. */
  async reload(): Promise<void> {
    const [models, vendors] = [await readModels(this.#database.knex), await readVendors(this.#database.knex)];
    this.#catalogue = new ModelCatalogue(models, this.#hints);
    this.#vendors = vendors;
    this.#priced = this.#catalogue.models.filter(({ enabled, price }) => enabled && price !== undefined);
  }

  find(name: string): EffectiveModel | undefined {
    return this.#catalogue.find(name);
  }

  /** The enabled models that have a name of their own and a price, by name; the same array until the next reload. */
  priced(): readonly EffectiveModel[] {
    return this.#priced;
  }

  /** Who makes models, by name. */
  vendors(): readonly Vendor[] {
    return this.#vendors;
  }
}
