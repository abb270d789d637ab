import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from '../../foundation/logger.js';
import type { Database } from '../../storage/database.js';
import { type StoredResource, upsertResources } from './resource-store.js';

/**
 * On SQLite a commit stops this process for the length of an fsync, and nobody else needs the rows; on PostgreSQL other nodes wait for them
 * and nothing is stopped.
 */
const gatherMs = { sqlite: 100, postgres: 0 } as const;
const retryAfterMs = 1_000;
const failuresMaxWhileClosing = 3;

/** Writes rows behind the answers that brought them: those that come while a transaction runs share the next one. */
export class ResourceWriter {
  readonly #database: Database;
  readonly #log: Logger;
  /** By key, since one statement must not touch a row twice. */
  #waiting = new Map<string, StoredResource>();
  #isPlanned = false;
  #last: Promise<void> = Promise.resolve();
  #failuresLeft = Number.POSITIVE_INFINITY;

  constructor(database: Database, log: Logger) {
    this.#database = database;
    this.#log = log;
  }

  add(resource: StoredResource): void {
    this.#waiting.set(`${resource.userId} ${resource.kind} ${resource.id}`, resource);
    this.#plan();
  }

  /** Resolves when what waits now has been tried to be written. */
  async written(): Promise<void> {
    await this.#last;
  }

  /** Resolves when all is written. A database that stays away does not keep the gateway from stopping. */
  async close(): Promise<void> {
    this.#failuresLeft = failuresMaxWhileClosing;
    for (let last: Promise<void> | undefined; last !== this.#last; ) {
      last = this.#last;
      await last;
    }
  }

  #plan(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    this.#last = this.#last.then(() => this.#write());
  }

  async #write(): Promise<void> {
    await wait(gatherMs[this.#database.kind]);
    this.#isPlanned = false;
    const batch = this.#waiting;
    this.#waiting = new Map();
    try {
      await this.#database.write((transaction) => upsertResources(transaction, [...batch.values()]));
    } catch (error) {
      this.#log.warn({ err: error, resources: batch.size }, 'What upstreams keep could not be noted yet; trying again');
      this.#failuresLeft -= 1;
      if (this.#failuresLeft < 0) return;
      this.#waiting = new Map([...batch, ...this.#waiting]);
      this.#plan();
      await wait(retryAfterMs);
    }
  }
}
