import type { Knex } from 'knex';
import { newId } from '../foundation/ids.js';
import { databaseNow } from './database-clock.js';
import type { Database, Transaction } from './database.js';

export interface NewJob {
  readonly kind: string;
  /** Anything that JSON carries. */
  readonly payload?: unknown;
  readonly delayMs?: number;
  /** At most one job with this name exists; a second one is not queued. */
  readonly singleton?: string;
}

/** A job that this process has to itself until its lease ends. */
export interface ClaimedJob {
  readonly id: string;
  readonly kind: string;
  readonly payload: unknown;
  /** Counts from 1. */
  readonly attempt: number;
}

interface JobRow {
  readonly id: string;
  readonly kind: string;
  readonly payload: string;
  readonly attempts: number | bigint;
}

/** Work that outlives the process: queued in the caller's transaction, claimed by one node at a time, given to another when a lease ends. */
export class JobQueue {
  readonly #database: Database;
  readonly #now: string;

  constructor(database: Database) {
    this.#database = database;
    this.#now = databaseNow(database.kind);
  }

  /** False if a job of this singleton name is queued already. */
  async enqueue(transaction: Transaction, job: NewJob): Promise<boolean> {
    const rows = await transaction('jobs')
      .insert({
        id: newId(),
        kind: job.kind,
        payload: JSON.stringify(job.payload ?? null),
        singleton: job.singleton ?? null,
        run_at: this.#inMs(job.delayMs ?? 0),
        attempts: 0,
      })
      .onConflict('singleton')
      .ignore()
      .returning('id');
    return rows.length > 0;
  }

  /** Takes every claim back and makes the jobs of these kinds due: for a process that knows it is alone, after one that was killed. */
  async restart(transaction: Transaction, kinds: readonly string[]): Promise<void> {
    await transaction('jobs').update({ lease_until: null });
    await transaction('jobs')
      .whereIn('kind', kinds)
      .update({ run_at: this.#inMs(0) });
  }

  /** The job of one of these kinds that has been due for longest, or undefined. */
  async claim(kinds: readonly string[], leaseMs: number): Promise<ClaimedJob | undefined> {
    // Looking costs no write lock, and most of the time nothing is due.
    if ((await this.#due(this.#database.knex, kinds).first('id')) === undefined) return undefined;
    const row = await this.#database.write(async (transaction): Promise<JobRow | undefined> => {
      const due = this.#due(transaction, kinds).orderBy('run_at').limit(1).select('id');
      if (this.#database.kind === 'postgres') due.forUpdate().skipLocked();
      const rows: readonly JobRow[] = await transaction('jobs')
        .where('id', '=', due)
        .update({ lease_until: this.#inMs(leaseMs), attempts: transaction.raw('attempts + 1') })
        .returning(['id', 'kind', 'payload', 'attempts']);
      return rows[0];
    });
    return row && { id: row.id, kind: row.kind, payload: JSON.parse(row.payload) as unknown, attempt: Number(row.attempts) };
  }

  /** False if another node has claimed the job meanwhile. */
  renew(job: ClaimedJob, leaseMs: number): Promise<boolean> {
    return this.#change(job, { lease_until: this.#inMs(leaseMs) });
  }

  /** As if it had not been claimed: whoever comes first goes on with it. */
  async release(job: ClaimedJob): Promise<void> {
    await this.#change(job, { run_at: this.#inMs(0), lease_until: null, attempts: job.attempt - 1 });
  }

  async complete(job: ClaimedJob): Promise<void> {
    await this.#database.write((transaction) => this.#own(transaction, job).delete());
  }

  /** Done for now; due again later, as if it were new. */
  async runAgain(job: ClaimedJob, delayMs: number): Promise<void> {
    await this.#change(job, { run_at: this.#inMs(delayMs), lease_until: null, attempts: 0, last_failure: null });
  }

  async fail(job: ClaimedJob, message: string, delayMs: number): Promise<void> {
    await this.#change(job, { run_at: this.#inMs(delayMs), lease_until: null, last_failure: message.slice(0, 1_000) });
  }

  async #change(job: ClaimedJob, change: Readonly<Record<string, Knex.Value | Knex.Raw | null>>): Promise<boolean> {
    const changed: number = await this.#database.write((transaction) => this.#own(transaction, job).update(change));
    return changed > 0;
  }

  /** The attempt tells whether another node has claimed the job meanwhile. */
  #own(transaction: Transaction, job: ClaimedJob): Knex.QueryBuilder {
    return transaction('jobs').where({ id: job.id, attempts: job.attempt });
  }

  #due(knex: Knex, kinds: readonly string[]): Knex.QueryBuilder {
    return knex('jobs').whereIn('kind', kinds).whereRaw(`run_at <= ${this.#now} and (lease_until is null or lease_until < ${this.#now})`);
  }

  #inMs(delayMs: number): Knex.Raw {
    return this.#database.knex.raw(`${this.#now} + ${Math.round(delayMs)}`);
  }
}
