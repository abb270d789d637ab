import type { Logger } from '../../foundation/logger.js';
import type { Database } from '../../storage/database.js';
import { addKeyUsage, type KeyCounts, readKeyUsage, readLastServed, readUsageOfKeys } from './key-usage-store.js';

/** One try with a key, when it is over. */
export interface KeyUse {
  /** The channel's own, where the key is in its configuration. */
  readonly keyId: string;
  /** `other`: the upstream refused what the caller had asked for, which says nothing of the key. */
  readonly outcome: 'served' | 'failed' | 'other';
  /** When it began and when it was over, in milliseconds since 1970. */
  readonly startedAt: number;
  readonly at: number;
}

interface Count {
  served: number;
  failed: number;
  lastUsedAt: number;
  lastServedAt?: number;
}

const writeEveryMs = 5_000;

/**
 * Counts what each key of a channel is used for. In memory, and written together every few seconds, all nodes into the same counters: a
 * process that is killed forgets the last of them.
 */
export class KeyUsage {
  readonly #database: Database;
  readonly #log: Logger;
  #counts = new Map<string, Count>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(database: Database, log: Logger) {
    this.#database = database;
    this.#log = log;
  }

  start(): void {
    this.#timer ??= setInterval(() => {
      this.flush().catch((error: unknown) => this.#log.warn({ err: error }, 'The counters of keys could not be written'));
    }, writeEveryMs).unref();
  }

  note({ keyId, outcome, startedAt, at }: KeyUse): void {
    const known = this.#counts.get(keyId);
    const count = known ?? { served: 0, failed: 0, lastUsedAt: at };
    if (known === undefined) this.#counts.set(keyId, count);
    if (outcome !== 'other') count[outcome] += 1;
    if (at > count.lastUsedAt) count.lastUsedAt = at;
    // A long answer says nothing of those that began after it.
    if (outcome === 'served') count.lastServedAt = Math.max(startedAt, count.lastServedAt ?? 0);
  }

  /** Key → counters, with what this node has counted just now. @throws StorageUnavailableError */
  async countsOf(channelId: string): Promise<ReadonlyMap<string, KeyCounts>> {
    await this.flush();
    return readKeyUsage(this.#database.knex, channelId);
  }

  /** Channel → counters of the one key in its configuration, where that is used. @throws StorageUnavailableError */
  async ofConfigKeys(channelIds: readonly string[]): Promise<ReadonlyMap<string, KeyCounts>> {
    await this.flush();
    return readUsageOfKeys(this.#database.knex, channelIds);
  }

  /** Channel → when the newest try began that it has answered, of those of these that have answered any. @throws StorageUnavailableError */
  async lastServedOf(channelIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    if (channelIds.length === 0) return new Map();
    await this.flush();
    return readLastServed(this.#database.knex, channelIds);
  }

  /** @throws StorageUnavailableError; what was counted is written the next time. */
  flush(): Promise<void> {
    const written = this.#writing.then(() => this.#write());
    this.#writing = written.catch(() => undefined);
    return written;
  }

  /** Writes what there is still to write, if it can be written. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush().catch((error: unknown) => this.#log.warn({ err: error }, 'The last counters of keys are lost'));
  }

  async #write(): Promise<void> {
    if (this.#counts.size === 0) return;
    const counts = this.#counts;
    this.#counts = new Map();
    try {
      const uses = [...counts].map(([keyId, count]) => ({ keyId, ...count }));
      await this.#database.write((transaction) => addKeyUsage(transaction, uses));
    } catch (error) {
      for (const [keyId, count] of counts) this.#takeBack(keyId, count);
      throw error;
    }
  }

  #takeBack(keyId: string, count: Count): void {
    const since = this.#counts.get(keyId);
    if (since === undefined) {
      this.#counts.set(keyId, count);
      return;
    }
    since.served += count.served;
    since.failed += count.failed;
    since.lastUsedAt = Math.max(since.lastUsedAt, count.lastUsedAt);
    if (count.lastServedAt !== undefined) since.lastServedAt = Math.max(since.lastServedAt ?? 0, count.lastServedAt);
  }
}
