import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import type { Database } from '../storage/database.js';
import type { Carrier, Topic } from './bus.js';

/** Every node of one database listens to it. */
const channel = 'tollgate_hints';
const retryDelayMs = 1_000;
const connectTimeMaxMs = 5_000;
const goodByeTimeMaxMs = 1_000;

export interface PostgresCarrierOptions {
  readonly database: Database;
  readonly databaseUrl: string;
  /** Called once for each kind of trouble, until the connection is there again. */
  readonly onProblem: (problem: Error) => void;
}

/**
 * Hints over LISTEN and NOTIFY of PostgreSQL. Listening takes a connection of its own, which is made anew when it breaks: those of a pool come
 * and go. Nothing is notified in a transaction of the ledger: PostgreSQL lets notifying transactions commit one at a time.
 */
export class PostgresCarrier implements Carrier {
  readonly #options: PostgresCarrierOptions;
  #client: Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #toldProblem: string | undefined;
  #closed = false;

  constructor(options: PostgresCarrierOptions) {
    this.#options = options;
  }

  listen(onHint: (topic: string) => void, onGap: () => void): void {
    void this.#connect(onHint, onGap);
  }

  async send(topic: Topic): Promise<void> {
    await this.#options.database.knex.raw('select pg_notify(?, ?)', [channel, topic]);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    // A server that stands still says no good-bye.
    await Promise.race([this.#client?.end().catch(() => undefined), wait(goodByeTimeMaxMs, undefined, { ref: false })]);
  }

  async #connect(onHint: (topic: string) => void, onGap: () => void): Promise<void> {
    const client = new Client({
      connectionString: this.#options.databaseUrl,
      connectionTimeoutMillis: connectTimeMaxMs,
      application_name: 'tollgate',
      keepAlive: true,
    });
    let isOver = false;
    const again = (problem: Error): void => {
      if (isOver || this.#closed) return;
      isOver = true;
      this.#tell(problem);
      client.end().catch(() => undefined);
      this.#timer = setTimeout(() => this.listen(onHint, onGap), retryDelayMs).unref();
    };
    // A connection that breaks without a listener for it would end the process.
    client.on('error', again);
    client.on('end', () => again(new Error('The connection for hints was closed.')));
    client.on('notification', ({ payload }) => {
      if (!this.#closed) onHint(payload ?? '');
    });
    this.#client = client;
    try {
      await client.connect();
      await client.query(`listen ${channel}`);
      this.#toldProblem = undefined;
      if (!this.#closed) onGap();
    } catch (error) {
      again(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #tell(problem: Error): void {
    if (problem.message === this.#toldProblem) return;
    this.#toldProblem = problem.message;
    this.#options.onProblem(problem);
  }
}
