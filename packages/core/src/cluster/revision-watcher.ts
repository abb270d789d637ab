import { StorageUnavailableError } from '../foundation/errors.js';
import type { Logger } from '../foundation/logger.js';
import type { Database } from '../storage/database.js';
import { readRevision } from './configuration-revision.js';

/** Something that keeps configuration in memory. Reloaders run in the order given. */
export interface Reloader {
  readonly name: string;
  reload(): void | Promise<void>;
}

const intervalMs = { sqlite: 250, postgres: 500 } as const;

/**
 * Brings changes of the configuration into memory, whoever made them: another node, `tollgate apply`, or this process. Asks for the
 * revision number in short steps, so that nothing is missed across outages; what was loaded stays in force while the database is away.
 */
export class RevisionWatcher {
  readonly #database: Database;
  readonly #reloaders: readonly Reloader[];
  readonly #log: Logger;
  /** Undefined until everything was loaded once. */
  #loaded: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #lastProblem: string | undefined;
  /** Checks run one after the other; this is the last one. */
  #lastCheck: Promise<unknown> = Promise.resolve();

  constructor(database: Database, reloaders: readonly Reloader[], log: Logger) {
    this.#database = database;
    this.#reloaders = reloaders;
    this.#log = log;
  }

  /** Loads everything, then keeps watching until {@link stop}. @throws what a reloader throws: a gateway does not start half-configured. */
  async start(): Promise<void> {
    await this.refresh();
    this.#schedule();
  }

  /**
   * Resolves when every change committed before the call is in force here.
   * @throws StorageUnavailableError, and what a reloader throws
   */
  refresh(): Promise<void> {
    const check = this.#lastCheck.then(() => this.#check());
    this.#lastCheck = check.catch(() => undefined);
    return check;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#lastCheck;
  }

  async #check(): Promise<void> {
    const revision = await readRevision(this.#database.knex);
    if (revision === this.#loaded) return;
    const failures: unknown[] = [];
    for (const reloader of this.#reloaders) {
      try {
        await reloader.reload();
      } catch (error) {
        failures.push(error);
      }
    }
    // An outage is tried again at the next check; what is wrong in the database stays wrong until its next revision.
    if (!failures.some((failure) => failure instanceof StorageUnavailableError)) this.#loaded = revision;
    if (failures.length > 0) throw failures[0];
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#watch(), intervalMs[this.#database.kind]).unref();
  }

  async #watch(): Promise<void> {
    try {
      await this.refresh();
      if (this.#lastProblem !== undefined) this.#log.info({}, 'The configuration is up to date again.');
      this.#lastProblem = undefined;
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      // Once per problem: an outage must not fill the log.
      if (problem !== this.#lastProblem)
        this.#log.warn({ err: error }, `The configuration cannot be read, the last one stays in force: ${problem}`);
      this.#lastProblem = problem;
    }
    this.#schedule();
  }
}
