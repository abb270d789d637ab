import { setTimeout as wait } from 'node:timers/promises';
import { type KeptResource, type ResourceName, tokenCount } from '@tollgate/plugin-kit';
import type { Clock } from '../../foundation/clock.js';
import type { Logger } from '../../foundation/logger.js';
import type { Database } from '../../storage/database.js';
import { RecentResources } from './recent-resources.js';
import { ResourceWriter } from './resource-writer.js';
import {
  addTokens,
  deleteResource,
  findResources,
  type FoundResource,
  listResources,
  noteKeys,
  type ResourceHome,
} from './resource-store.js';

export interface ResourceDirectoryParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long something is known whose end the upstream does not state. */
  readonly retentionMs: () => number;
}

/** No vendor's ids are longer; an index of the database takes no more than about twice as much. */
const idLengthMax = 1_024;

/** What a directory is told of something that was made. */
export type RememberedResource = Pick<KeptResource, 'kind' | 'id' | 'expiresAt' | 'tokens'>;

/** What is known of something that a request names. */
export interface KnownResource extends ResourceHome {
  /** What naming it adds to the input of a request; undefined where nobody knows. */
  readonly tokens: number | undefined;
}

/** Few models read more at once: what upstreams state beyond it would only keep people from their money. */
const tokensMax = 2_000_000;

/** Waits before an id that is not there is looked for again: another node may just have handed it out. */
const secondLooksMs = [50, 150, 300, 500];

/** Knows which account has what of a user's. What this node saw being made is known at once, and to all nodes a moment later. */
export class ResourceDirectory {
  readonly #parts: ResourceDirectoryParts;
  readonly #recent = new RecentResources();
  readonly #writer: ResourceWriter;
  /** What is being noted while nobody waits for it. */
  readonly #noting = new Set<Promise<void>>();

  constructor(parts: ResourceDirectoryParts) {
    this.#parts = parts;
    this.#writer = new ResourceWriter(parts.database, parts.log);
  }

  /** Keeps nobody waiting: it is in memory when this returns, and is written in the background. */
  remember(userId: string, { channelId, keyId }: ResourceHome, made: readonly RememberedResource[]): void {
    const { clock, retentionMs } = this.#parts;
    const now = clock.now();
    for (const { kind, id, expiresAt, tokens: stated } of made) {
      if (!isPlainId(id)) continue;
      const before = this.#recent.find(userId, { kind, id }, now);
      const tokens = stated === undefined ? before?.tokens : Math.min(tokenCount(stated), tokensMax);
      // A stream names an answer several times.
      if (expiresAt === undefined && before?.channelId === channelId && before.keyId === keyId && before.tokens === tokens) continue;
      const end = expiresAt === undefined ? now + retentionMs() : wholeTime(expiresAt);
      const grown = end === null && before?.tokens !== undefined ? Math.max(before.tokens, tokens ?? 0) : tokens;
      const known = { channelId, keyId, expiresAt: end, tokens: this.#isKnownElsewhere(end) ? undefined : grown };
      this.#recent.add(userId, { kind, id }, known);
      this.#writer.add({ userId, kind, id, channelId, keyId, createdAt: now, expiresAt: end, tokens: grown });
    }
  }

  /** More has been put into something of the user's. @throws StorageUnavailableError */
  async addTokens(userId: string, name: ResourceName, tokens: number): Promise<void> {
    const before = this.#recent.find(userId, name, this.#parts.clock.now());
    const added = Math.min(tokenCount(tokens), tokensMax);
    if (before?.tokens !== undefined) this.#recent.add(userId, name, { ...before, tokens: before.tokens + added });
    await this.#writer.written();
    await this.#parts.database.write((transaction) => addTokens(transaction, { userId, ...name, tokens: added }));
  }

  /**
   * What is known of each of the names, undefined for what is not the user's; in the order of the names.
   * @throws StorageUnavailableError
   */
  async find(userId: string, names: readonly ResourceName[]): Promise<readonly (KnownResource | undefined)[]> {
    const now = this.#parts.clock.now();
    const found: (KnownResource | undefined)[] = names.map((name) => this.#recent.find(userId, name, now));
    await this.#lookUp(userId, names, found);
    for (const waitMs of this.#parts.database.kind === 'postgres' ? secondLooksMs : []) {
      if (!names.some(({ id }, place) => found[place] === undefined && isPlainId(id))) break;
      await wait(waitMs);
      await this.#lookUp(userId, names, found);
    }
    return found.map((known) => known && { ...known, tokens: known.tokens && Math.min(known.tokens, tokensMax) });
  }

  /** What has no end may grow by calls of other nodes: its size is asked of the database that they share. */
  #isKnownElsewhere(expiresAt: number | null): boolean {
    return expiresAt === null && this.#parts.database.kind === 'postgres';
  }

  /** What the user has of a kind, in the order of ids, beginning after the one given. @throws StorageUnavailableError */
  async list(userId: string, kind: string, after: string, limit: number): Promise<readonly FoundResource[]> {
    if (after !== '' && !isPlainId(after)) return [];
    await this.#writer.written();
    return listResources(this.#parts.database.knex, { userId, kind, after, limit, now: this.#parts.clock.now() });
  }

  /** The account has been found that has things of which only the channel was known. Never rejects: what cannot be noted is looked for again. */
  noteHomes(userId: string, names: readonly ResourceName[], home: ResourceHome): Promise<void> {
    const noting: Promise<void> = this.#noteAll(userId, names, home)
      .catch((error: unknown) => this.#parts.log.warn({ err: error }, 'Which account has something could not be noted'))
      .finally(() => this.#noting.delete(noting));
    this.#noting.add(noting);
    return noting;
  }

  async #noteAll(userId: string, names: readonly ResourceName[], { channelId, keyId }: ResourceHome): Promise<void> {
    if (keyId === undefined) return;
    const now = this.#parts.clock.now();
    for (const name of names) {
      const before = this.#recent.find(userId, name, now);
      if (before !== undefined) this.#recent.add(userId, name, { ...before, channelId, keyId });
    }
    await this.#writer.written();
    await this.#parts.database.write((transaction) => noteKeys(transaction, userId, names, { channelId, keyId }));
  }

  /** It is gone at its upstream. @throws StorageUnavailableError */
  async forget(userId: string, { kind, id }: ResourceName): Promise<void> {
    this.#recent.remove(userId, { kind, id });
    await this.#writer.written();
    await this.#parts.database.write((transaction) => deleteResource(transaction, userId, kind, id));
  }

  /** Waits until all is written that was remembered. */
  async close(): Promise<void> {
    await this.#writer.close();
    await Promise.all(this.#noting);
  }

  /** Fills the gaps from the database. */
  async #lookUp(userId: string, names: readonly ResourceName[], known: (KnownResource | undefined)[]): Promise<void> {
    const missing = names.filter(({ id }, place) => known[place]?.tokens === undefined && isPlainId(id));
    for (const kind of new Set(missing.map((name) => name.kind))) {
      const ids = [...new Set(missing.filter((name) => name.kind === kind).map(({ id }) => id))];
      const rows = await findResources(this.#parts.database.knex, { userId, kind, ids, now: this.#parts.clock.now() });
      const rowOf = new Map(rows.map((row) => [row.id, row]));
      names.forEach((name, place) => {
        const row = name.kind === kind ? rowOf.get(name.id) : undefined;
        // What this node saw last counts more than what is not yet written.
        if (row !== undefined && known[place]?.tokens === undefined)
          known[place] = { channelId: row.channelId, keyId: row.keyId, ...known[place], tokens: row.tokens };
      });
    }
  }
}

/** Upstreams and callers can write anything for an id. What no database would take is none, so that it can spoil nothing. */
function isPlainId(id: string): boolean {
  return id.length <= idLengthMax && /^[\x21-\x7e]+$/.test(id);
}

function wholeTime(time: number | null): number | null {
  return time === null ? null : Math.min(Math.max(0, Math.floor(time) || 0), Number.MAX_SAFE_INTEGER);
}
