import { performance } from 'node:perf_hooks';
import { StorageUnavailableError } from '../foundation/errors.js';
import { newId } from '../foundation/ids.js';
import type { Database, Transaction } from '../storage/database.js';
import { databaseNow } from '../storage/database-clock.js';

export interface NodeLeaseOptions {
  readonly database: Database;
  readonly leaseMs: () => number;
  /** Called with failed heartbeats, and with the news that this node was taken for dead. */
  readonly onProblem: (problem: Error) => void;
}

/**
 * This process as the database knows it: a row with a lease that is renewed three times in its length. A node whose lease has lapsed is
 * removed, once and for good; if it is alive after all it goes on under a new id, and the holds of the old one are swept.
 */
export class NodeLease {
  readonly #options: NodeLeaseOptions;
  readonly #now: string;
  #nodeId = newId();
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> | undefined;
  #renewedAt = Number.NEGATIVE_INFINITY;
  /** Since when the lease has been renewed without a gap. */
  #steadySince = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(options: NodeLeaseOptions) {
    this.#options = options;
    this.#now = databaseNow(options.database.kind);
  }

  /** Registers the node and keeps it alive from now on. @throws StorageUnavailableError */
  async start(): Promise<void> {
    const askedAt = performance.now();
    await this.#register();
    this.#renewed(askedAt);
    this.#scheduleBeat();
  }

  /**
   * The id that new holds carry.
   * @throws StorageUnavailableError while the lease is lapsed: what is held then could be swept under a living call.
   */
  get nodeId(): string {
    if (!this.#alone && performance.now() - this.#renewedAt > this.#options.leaseMs()) {
      this.beat().catch(() => undefined);
      throw new StorageUnavailableError('This node has lost touch with the database. Try again in a moment.', { retryAfterMs: 1_000 });
    }
    return this.#nodeId;
  }

  /** Renews the lease now. Joins a renewal that is under way. @throws StorageUnavailableError */
  async beat(): Promise<void> {
    this.#beating ??= this.#renew().finally(() => {
      this.#beating = undefined;
    });
    await this.#beating;
  }

  /**
   * Removes nodes whose lease has lapsed. False if this node may not judge yet: after an outage of the database every lease has lapsed, so
   * the others first get a full lease to come back.
   */
  async removeLapsed(): Promise<boolean> {
    if (!this.#alone && performance.now() - this.#steadySince < this.#options.leaseMs()) return false;
    await this.#options.database.write((transaction) =>
      transaction('nodes').whereNot('id', this.#nodeId).whereRaw(`lease_expires_at < ${this.#now}`).delete(),
    );
    return true;
  }

  /** Gives the lease up. To be called when no hold of this node is open any more. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#beating?.catch(() => undefined);
    await this.#options.database.write((transaction) => transaction('nodes').where('id', this.#nodeId).delete());
  }

  /** On SQLite there is one process, guarded by its lock on the data folder. */
  get #alone(): boolean {
    return this.#options.database.kind === 'sqlite';
  }

  async #register(): Promise<void> {
    await this.#options.database.write(async (transaction) => {
      if (this.#alone) await transaction('nodes').delete();
      await transaction('nodes').insert({
        id: this.#nodeId,
        started_at: transaction.raw(this.#now),
        lease_expires_at: this.#expiry(transaction),
      });
    });
  }

  async #renew(): Promise<void> {
    const askedAt = performance.now();
    const renewed = await this.#options.database.write((transaction) =>
      transaction('nodes')
        .where('id', this.#nodeId)
        .update({ lease_expires_at: this.#expiry(transaction) }),
    );
    if (renewed === 0) {
      this.#options.onProblem(new Error(`Node ${this.#nodeId} was silent for too long and was taken for dead; its open holds are swept.`));
      this.#nodeId = newId();
      await this.#register();
    }
    this.#renewed(askedAt);
  }

  /** Counts from before the database was asked: it may have begun the lease then, and the answer have been long under way. */
  #renewed(askedAt: number): void {
    if (askedAt - this.#renewedAt > this.#options.leaseMs()) this.#steadySince = performance.now();
    this.#renewedAt = askedAt;
  }

  #scheduleBeat(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.beat()
        .catch((error: unknown) => this.#options.onProblem(error instanceof Error ? error : new Error(String(error))))
        .finally(() => this.#scheduleBeat());
    }, this.#options.leaseMs() / 3);
    this.#timer.unref();
  }

  #expiry(transaction: Transaction) {
    return transaction.raw(`${this.#now} + ${Math.round(this.#options.leaseMs())}`);
  }
}
