import type { Decimal } from '../pricing/index.js';

/** Users, tokens and channels belong to groups: a call is routed inside its group and priced with the group's ratio. */
export interface Group {
  readonly id: string;
  readonly name: string;
  /** What people read who may choose it. */
  readonly description?: string;
  /** Undefined = the setting `pricing.defaultGroupRatio`. */
  readonly ratio?: Decimal;
  /** What the group costs users of other groups, by their group, where that differs. */
  readonly ratiosByUserGroup?: Readonly<Record<string, Decimal>>;
  /** Users of which other groups may choose it for their tokens; its own users always may. */
  readonly usableBy: GroupUsers;
  readonly createdAt: number;
}

export const everyone = 'everyone';
export type GroupUsers = typeof everyone | readonly string[];

/** The group that always exists. */
export const defaultGroup = 'default';

/** What a token says in the place of a group, to be served by the first group of the automatic order that can. No group has this name. */
export const autoGroup = 'auto';

/** Whether users of a group may choose this one. */
export function mayUse(userGroup: string, { name, usableBy }: Pick<Group, 'name' | 'usableBy'>): boolean {
  return name === userGroup || usableBy === everyone || usableBy.includes(userGroup);
}
