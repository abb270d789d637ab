import type { LimitValues } from '../limit-rules/index.js';
import type { SpendCap, SpendCaps } from '../spending/index.js';
import type { AddressList } from './address-list.js';

/** A caller's credential as the hot path knows it, with the facts of its user that a call needs. */
export interface Principal {
  readonly tokenId: string;
  readonly tokenName: string;
  readonly userId: string;
  /** The group that the call is routed and priced in, or `auto`: see `GroupDirectory.routesFor`. */
  readonly group: string;
  /** The group of the user, whatever the token says: its limits bind, and it may have a price of its own in other groups. */
  readonly userGroup: string;
  /** A ratio of the user's own, before any group's. */
  readonly userRatio?: string;
  /** Allowed models; undefined = all. */
  readonly models?: ReadonlySet<string>;
  /** Allowed addresses; undefined = all. */
  readonly allowedIps?: AddressList;
  /** What token and user may spend in a day or month; undefined = no cap at all. */
  readonly spendCaps?: readonly SpendCap[];
  /** Limits of the token's own, each in the place of that for addresses. */
  readonly limits?: LimitValues;
  /** Milliseconds since 1970. */
  readonly expiresAt?: number;
  readonly tokenEnabled: boolean;
  readonly userEnabled: boolean;
}

/** A token as it is managed. Its key is known to the caller alone. */
export interface Token {
  readonly id: string;
  readonly userId: string;
  /** Unique among the tokens of its user. */
  readonly name: string;
  /** See {@link hashTokenKey}. */
  readonly keyHash: string;
  /** The readable beginning of the key, for people to tell tokens apart. */
  readonly keyPrefix: string;
  /** Undefined = the group of its user; `auto` = the first of the automatic order that can serve a call. */
  readonly group?: string;
  readonly models?: readonly string[];
  /** Addresses and CIDR blocks. */
  readonly allowIps?: readonly string[];
  readonly spendCaps?: SpendCaps;
  readonly limits?: LimitValues;
  /** Milliseconds since 1970. */
  readonly expiresAt?: number;
  readonly enabled: boolean;
  readonly createdAt: number;
}
