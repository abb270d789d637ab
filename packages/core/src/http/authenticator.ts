import { AccessTokenMisplacedError, accessTokenPrefix } from '../modules/access/index.js';
import type { IncomingHttpHeaders } from 'node:http';
import { InvalidApiKeyError, type Principal, type TokenDirectory } from '../modules/tokens/index.js';
import type { CredentialReader } from './credentials.js';

/** From a request's credential to its principal. */
export class Authenticator {
  readonly #credentials: CredentialReader;
  readonly #tokens: Pick<TokenDirectory, 'find'>;

  constructor(credentials: CredentialReader, tokens: Pick<TokenDirectory, 'find'>) {
    this.#credentials = credentials;
    this.#tokens = tokens;
  }

  /**
   * Without a promise for keys that have been seen before.
   * @throws MissingApiKeyError, InvalidApiKeyError, AccessTokenMisplacedError; StorageUnavailableError (by rejection)
   */
  principalOf(headers: IncomingHttpHeaders, query: URLSearchParams): Principal | Promise<Principal> {
    const key = this.#credentials.keyOf(headers, query);
    const found = this.#tokens.find(key);
    return found instanceof Promise ? found.then((principal) => known(principal, key)) : known(found, key);
  }
}

function known(principal: Principal | undefined, key: string): Principal {
  if (principal !== undefined) return principal;
  if (key.startsWith(accessTokenPrefix)) throw new AccessTokenMisplacedError();
  throw new InvalidApiKeyError('This API key is not known here. Check it, or ask the operator for a new one.');
}
