import type { Database } from '../../storage/database.js';
import { capsOfCall } from '../spending/index.js';
import { AddressList } from './address-list.js';
import type { Principal } from './token.js';
import { hashTokenKey } from './token-key.js';
import { findTokenByHash, type TokenOfUser } from './token-store.js';

const principalsMax = 100_000;
const unknownKeysMax = 10_000;

/** What was learnt since the last reload. Answers that arrive late fill the memory they were asked for, never its successor. */
interface Memory {
  readonly principals: Map<string, Principal>;
  readonly unknown: Set<string>;
  readonly waiting: Map<string, Promise<Principal | undefined>>;
}

/** Finds the principal of a key: in memory once it has been seen, else with one query. Keys are kept as hashes only. */
export class TokenDirectory {
  readonly #database: Database;
  #memory: Memory = emptyMemory();

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Undefined if no token has this key. Answers at once, without a promise, for keys it has seen since the last reload.
   * @throws StorageUnavailableError (by rejection) if it would have to ask the database and cannot.
   */
  find(key: string): Principal | undefined | Promise<Principal | undefined> {
    const keyHash = hashTokenKey(key);
    // A look-up does not move its entry to the end: in a large Map that costs more than the hash.
    const known = this.#memory.principals.get(keyHash);
    if (known !== undefined || this.#memory.unknown.has(keyHash)) return known;
    return this.#memory.waiting.get(keyHash) ?? this.#ask(keyHash, this.#memory);
  }

  /** Forgets everything; the next call with each key asks the database again. */
  reload(): void {
    this.#memory = emptyMemory();
  }

  #ask(keyHash: string, memory: Memory): Promise<Principal | undefined> {
    const answer = findTokenByHash(this.#database.knex, keyHash)
      .then((found) => {
        const principal = found === undefined ? undefined : principalOf(found);
        remember(memory, keyHash, principal);
        return principal;
      })
      .finally(() => memory.waiting.delete(keyHash));
    memory.waiting.set(keyHash, answer);
    return answer;
  }
}

function emptyMemory(): Memory {
  return { principals: new Map(), unknown: new Set(), waiting: new Map() };
}

function remember(memory: Memory, keyHash: string, principal: Principal | undefined): void {
  if (principal === undefined) {
    if (memory.unknown.size >= unknownKeysMax) memory.unknown.clear();
    memory.unknown.add(keyHash);
  } else {
    if (memory.principals.size >= principalsMax) memory.principals.clear();
    memory.principals.set(keyHash, principal);
  }
}

function principalOf({ token, user }: TokenOfUser): Principal {
  const spendCaps = capsOfCall(user.spendCaps, token.spendCaps);
  return {
    tokenId: token.id,
    tokenName: token.name,
    userId: token.userId,
    group: token.group ?? user.group,
    userGroup: user.group,
    tokenEnabled: token.enabled,
    userEnabled: user.enabled,
    ...(user.ratio === undefined ? {} : { userRatio: user.ratio }),
    ...(token.models === undefined ? {} : { models: new Set(token.models) }),
    ...(token.allowIps === undefined ? {} : { allowedIps: new AddressList(token.allowIps) }),
    ...(token.limits === undefined ? {} : { limits: token.limits }),
    ...(spendCaps === undefined ? {} : { spendCaps }),
    ...(token.expiresAt === undefined ? {} : { expiresAt: token.expiresAt }),
  };
}
