import type { Database } from '../../storage/database.js';
import type { Decimal } from '../pricing/index.js';
import type { SettingsValues } from '../settings/index.js';
import { autoGroup, type Group, mayUse } from './group.js';
import { GroupNotAllowedError } from './groups-errors.js';
import type { groupsSettings } from './groups-settings.js';
import { readGroups } from './group-store.js';

/** Which group a caller chose, and which is their own. */
export interface GroupChoice {
  /** {@link autoGroup} leaves it to the gateway. */
  readonly group: string;
  readonly userGroup: string;
}

type AutoOrder = SettingsValues<typeof groupsSettings>['autoOrder'];

const noGroups: readonly string[] = Object.freeze([]);

/** Every group, in memory. */
export class GroupDirectory {
  readonly #database: Database;
  readonly #autoOrder: () => AutoOrder;
  #groups: ReadonlyMap<string, Group> = new Map();
  /** User group → chosen group → groups to go through: filled on demand, and never changed under a call. */
  #routes = new Map<string, Map<string, readonly string[]>>();

  constructor(database: Database, autoOrder: () => AutoOrder) {
    this.#database = database;
    this.#autoOrder = autoOrder;
  }

  /** To be called after the settings were reloaded. @throws StorageUnavailableError; the groups then stay as they were. */
  async reload(): Promise<void> {
    this.#groups = new Map((await readGroups(this.#database.knex)).map((group) => [group.name, group]));
    this.#routes = new Map();
  }

  find(name: string): Group | undefined {
    return this.#groups.get(name);
  }

  /** What the group costs users of `userGroup`. Undefined if there is no such group or it states no ratio. */
  ratioOf(name: string, userGroup: string): { readonly ratio: Decimal; readonly source: 'user-group' | 'group' } | undefined {
    const group = this.#groups.get(name);
    const special = group?.ratiosByUserGroup?.[userGroup];
    if (special !== undefined) return { ratio: special, source: 'user-group' };
    return group?.ratio === undefined ? undefined : { ratio: group.ratio, source: 'group' };
  }

  /** The groups that users of `userGroup` may choose, by name. */
  usableBy(userGroup: string): readonly Group[] {
    return [...this.#groups.values()].filter((group) => mayUse(userGroup, group));
  }

  /** The groups that serve the choice, first to last: one, or the automatic order. Empty where the choice is not allowed. */
  routesFor({ group, userGroup }: GroupChoice): readonly string[] {
    const known = this.#routes.get(userGroup)?.get(group);
    if (known !== undefined) return known;
    const routes = this.#routesOf(group, userGroup);
    const ofUserGroup = this.#routes.get(userGroup) ?? new Map<string, readonly string[]>();
    this.#routes.set(userGroup, ofUserGroup.set(group, routes));
    return routes;
  }

  /** The same, and never empty. @throws GroupNotAllowedError */
  allowedRoutes(choice: GroupChoice): readonly string[] {
    const routes = this.routesFor(choice);
    if (routes.length === 0) throw new GroupNotAllowedError(choice.group, choice.userGroup);
    return routes;
  }

  #routesOf(group: string, userGroup: string): readonly string[] {
    if (group === autoGroup) {
      const usable = this.#autoOrder().filter((name) => this.#isUsable(name, userGroup));
      return usable.length === 0 ? [userGroup] : usable;
    }
    return group === userGroup || this.#isUsable(group, userGroup) ? [group] : noGroups;
  }

  #isUsable(name: string, userGroup: string): boolean {
    const group = this.#groups.get(name);
    return group !== undefined && mayUse(userGroup, group);
  }
}
