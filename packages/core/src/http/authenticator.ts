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
   * @throws MissingApiKeyError, InvalidApiKeyError; StorageUnavailableError (by rejection)
   */
  principalOf(headers: IncomingHttpHeaders, query: URLSearchParams): Principal | Promise<Principal> {
    const found = this.#tokens.find(this.#credentials.keyOf(headers, query));
    return found instanceof Promise ? found.then(known) : known(found);
  }
}

function known(principal: Principal | undefined): Principal {
  if (principal === undefined) throw new InvalidApiKeyError('This API key is not known here. Check it, or ask the operator for a new one.');
  return principal;
}
