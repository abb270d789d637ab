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

  /** What the group costs users of `userGroup`. Undefined if there is no such group or it states no ratio. */
  ratioOf(name: string, userGroup: string): { readonly ratio: Decimal; readonly source: 'user-group' | 'group' } | undefined {
    const group = this.#groups.get(name);
    const special = group?.ratiosByUserGroup?.[userGroup];
    if (special !== undefined) return { ratio: special, source: 'user-group' };
    return group?.ratio === undefined ? undefined : { ratio: group.ratio, source: 'group' };
  }
}
