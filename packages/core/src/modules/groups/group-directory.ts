import type { Database } from '../../storage/database.js';
import type { Decimal } from '../pricing/index.js';
import type { Group } from './group.js';
import { readGroups } from './group-store.js';

/** Every group, in memory. */
export class GroupDirectory {
  readonly #database: Database;
  #groups: ReadonlyMap<string, Group> = new Map();

  constructor(database: Database) {
    this.#database = database;
  }

  /** @throws StorageUnavailableError; the groups then stay as they were. */
  async reload(): Promise<void> {
    this.#groups = new Map((await readGroups(this.#database.knex)).map((group) => [group.name, group]));
  }

  /** Undefined if there is no such group or it states none. */
  ratioOf(name: string): Decimal | undefined {
    return this.#groups.get(name)?.ratio;
  }
}
