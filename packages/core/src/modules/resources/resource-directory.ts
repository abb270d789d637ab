import { setTimeout as wait } from 'node:timers/promises';
import type { KeptResource, ResourceName } from '@tollgate/plugin-kit';
import type { Clock } from '../../foundation/clock.js';
import type { Logger } from '../../foundation/logger.js';
import type { Database } from '../../storage/database.js';
import { RecentResources } from './recent-resources.js';
import { ResourceWriter } from './resource-writer.js';
import { deleteResource, findResources, type FoundResource, listResources } from './resource-store.js';

export interface ResourceDirectoryParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long something is known whose end the upstream does not state. */
  readonly retentionMs: () => number;
}

/** No vendor's ids are longer; an index of the database takes no more than about twice as much. */
const idLengthMax = 1_024;

/** Waits before an id that is not there is looked for again: another node may just have handed it out. */
const secondLooksMs = [50, 150, 300, 500];

/** Knows which channel has what of a user's. What this node saw being made is known at once, and to all nodes a moment later. */
export class ResourceDirectory {
  readonly #parts: ResourceDirectoryParts;
  readonly #recent = new RecentResources();
  readonly #writer: ResourceWriter;

  constructor(parts: ResourceDirectoryParts) {
    this.#parts = parts;
    this.#writer = new ResourceWriter(parts.database, parts.log);
  }

  /** Keeps nobody waiting: it is in memory when this returns, and is written in the background. */
  remember(userId: string, channelId: string, made: readonly KeptResource[]): void {
    const { clock, retentionMs } = this.#parts;
    const now = clock.now();
    for (const { kind, id, expiresAt } of made) {
      if (!isPlainId(id)) continue;
      // A stream names an answer several times.
      if (expiresAt === undefined && this.#recent.channelOf(userId, { kind, id }, now) === channelId) continue;
      const end = expiresAt === undefined ? now + retentionMs() : wholeTime(expiresAt);
      this.#recent.add(userId, { kind, id }, channelId, end);
      this.#writer.add({ userId, kind, id, channelId, createdAt: now, expiresAt: end });
    }
  }

  /**
   * The channel that has each of the names, undefined for what is not the user's; in the order of the names.
   * @throws StorageUnavailableError
   */
  async channelsOf(userId: string, names: readonly ResourceName[]): Promise<readonly (string | undefined)[]> {
    const now = this.#parts.clock.now();
    const channels = names.map((name) => this.#recent.channelOf(userId, name, now));
    await this.#lookUp(userId, names, channels);
    for (const waitMs of this.#parts.database.kind === 'postgres' ? secondLooksMs : []) {
      if (!names.some(({ id }, place) => channels[place] === undefined && isPlainId(id))) break;
      await wait(waitMs);
      await this.#lookUp(userId, names, channels);
    }
    return channels;
  }

  /** What the user has of a kind, in the order of ids, beginning after the one given. @throws StorageUnavailableError */
  async list(userId: string, kind: string, after: string, limit: number): Promise<readonly FoundResource[]> {
    if (after !== '' && !isPlainId(after)) return [];
    await this.#writer.written();
    return listResources(this.#parts.database.knex, { userId, kind, after, limit, now: this.#parts.clock.now() });
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
  }

  /** Fills the gaps from the database. */
  async #lookUp(userId: string, names: readonly ResourceName[], channels: (string | undefined)[]): Promise<void> {
    const missing = names.filter(({ id }, place) => channels[place] === undefined && isPlainId(id));
    for (const kind of new Set(missing.map((name) => name.kind))) {
      const ids = [...new Set(missing.filter((name) => name.kind === kind).map(({ id }) => id))];
      const found = await findResources(this.#parts.database.knex, { userId, kind, ids, now: this.#parts.clock.now() });
      const channelOf = new Map(found.map(({ id, channelId }) => [id, channelId]));
      names.forEach((name, place) => {
        if (name.kind === kind) channels[place] ??= channelOf.get(name.id);
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
