import { hashTokenKey, newTokenKey } from '../tokens/index.js';

/** Tells access tokens from API keys at a glance, for people and for scanners of leaked secrets. */
export const accessTokenPrefix = 'tga-';

/** A credential for the management API, with the permissions of its user's role. Its secret is known to its owner alone. */
export interface AccessToken {
  readonly id: string;
  readonly userId: string;
  /** Unique among the access tokens of its user. */
  readonly name: string;
  readonly secretHash: string;
  readonly createdAt: number;
}

/** As random as an API key. */
export function newAccessTokenSecret(): string {
  return newTokenKey(accessTokenPrefix);
}

export function hashAccessToken(secret: string): string {
  return hashTokenKey(secret);
}
