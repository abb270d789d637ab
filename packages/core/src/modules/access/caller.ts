import type { Permission } from './permission.js';

/** Who calls the management API, by API key or by access token. */
export interface Caller {
  readonly userId: string;
  readonly permissions: ReadonlySet<Permission>;
  /** The API key that was sent; undefined for access tokens, which spend nothing. */
  readonly token?: { readonly id: string; readonly name: string };
  /** The access token that was sent; undefined for API keys. */
  readonly accessTokenId?: string;
}
