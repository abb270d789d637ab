import type { Decimal } from '../pricing/index.js';
import type { SpendCaps } from '../spending/index.js';

export const userRoles = ['user', 'admin', 'root'] as const;
export type UserRole = (typeof userRoles)[number];

/** Who calls are paid by. Money is never a field of a user: it is in the ledger. */
export interface User {
  readonly id: string;
  readonly username: string;
  readonly role: UserRole;
  readonly group: string;
  /** A ratio of the user's own, before any group's. */
  readonly ratio?: Decimal;
  /** What all tokens of the user may spend together. */
  readonly spendCaps?: SpendCaps;
  readonly enabled: boolean;
  readonly createdAt: number;
}
