import type { IncomingMessage } from 'node:http';
import { accessTokenPrefix, type Caller, InvalidAccessTokenError, permissionsOfApiKeys } from '../modules/access/index.js';
import type { Principal } from '../modules/tokens/index.js';
import type { CredentialReader } from './credentials.js';

export interface CallerReaderDoors {
  readonly credentials: CredentialReader;
  /** Undefined if there is no such access token, or its user is disabled. */
  callerOfAccessToken(secret: string): Promise<Caller | undefined>;
  /** Counts a request that shows no API key. @throws LimitReachedError, LimitsUnavailableError */
  countAddress(request: IncomingMessage): Promise<void>;
  /** Counts the request, too. @throws what refuses the API key */
  principalOf(request: IncomingMessage, query: URLSearchParams): Promise<Principal>;
}

/** Who calls the management API: an access token speaks for its user, an API key for itself. */
export class CallerReader {
  readonly #doors: CallerReaderDoors;

  constructor(doors: CallerReaderDoors) {
    this.#doors = doors;
  }

  /** @throws LimitReachedError, MissingApiKeyError, InvalidAccessTokenError, StorageUnavailableError, and what refuses the API key */
  async callerOf(request: IncomingMessage, query: URLSearchParams): Promise<Caller> {
    const { callerOfAccessToken, principalOf, countAddress } = this.#doors;
    const key = await this.#keyOf(request, query);
    if (key.startsWith(accessTokenPrefix)) {
      // Before the database is asked: guesses are limited.
      await countAddress(request);
      const caller = await callerOfAccessToken(key);
      if (caller === undefined) throw new InvalidAccessTokenError();
      return caller;
    }
    const { userId, tokenId, tokenName } = await principalOf(request, query);
    return { userId, permissions: permissionsOfApiKeys, token: { id: tokenId, name: tokenName } };
  }

  async #keyOf(request: IncomingMessage, query: URLSearchParams): Promise<string> {
    try {
      return this.#doors.credentials.keyOf(request.headers, query);
    } catch (error) {
      await this.#doors.countAddress(request);
      throw error;
    }
  }
}
