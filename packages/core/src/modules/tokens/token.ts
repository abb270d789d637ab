/** A caller's credential as the hot path knows it, with the facts of its user that a call needs. */
export interface Principal {
  readonly tokenId: string;
  readonly tokenName: string;
  readonly userId: string;
  /** The group that the call is routed and priced in. */
  readonly group: string;
  /** A ratio of the user's own, before any group's. */
  readonly userRatio?: string;
  /** Allowed models; undefined = all. */
  readonly models?: ReadonlySet<string>;
  /** Allowed addresses as CIDR blocks; undefined = all. */
  readonly allowedIps?: readonly string[];
  /** Milliseconds since 1970. */
  readonly expiresAt?: number;
  readonly tokenEnabled: boolean;
  readonly userEnabled: boolean;
}
