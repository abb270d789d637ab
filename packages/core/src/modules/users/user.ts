import type { Decimal } from '../pricing/index.js';

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
  readonly enabled: boolean;
  readonly createdAt: number;
}
