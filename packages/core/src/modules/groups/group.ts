import type { Decimal } from '../pricing/index.js';

/** Users, tokens and channels belong to groups: a call is routed inside its group and priced with the group's ratio. */
export interface Group {
  readonly id: string;
  readonly name: string;
  /** Undefined = the setting `pricing.defaultGroupRatio`. */
  readonly ratio?: Decimal;
  /** What the group costs users of other groups, by their group, where that differs. */
  readonly ratiosByUserGroup?: Readonly<Record<string, Decimal>>;
  readonly createdAt: number;
}

/** The group that always exists. */
export const defaultGroup = 'default';
