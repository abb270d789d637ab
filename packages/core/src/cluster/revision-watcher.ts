import { StorageUnavailableError } from '../foundation/errors.js';
import type { Logger } from '../foundation/logger.js';
import type { Database } from '../storage/database.js';
import { readRevision } from './configuration-revision.js';

/** Something that keeps configuration in memory. Reloaders run in the order given. */
export interface Reloader {
  readonly name: string;
  reload(): void | Promise<void>;
}

const defaultIntervalMs = { sqlite: 250, postgres: 500 } as const;

export interface RevisionWatcherOptions {
  readonly database: Database;
  readonly reloaders: readonly Reloader[];
  readonly log: Logger;
  /** What is watched, and where its number is; left out: the configuration. */
  readonly watched?: { readonly name: string; readRevision(knex: Database['knex']): Promise<number> };
  /** Called when this node has found a change that no hint had told it of: others may not know either. */
  readonly onFound?: () => void;
  /** How often the number is asked for without a hint. */
  readonly intervalMs?: number;
}

/**
 * Brings changes of the configuration, or of something else that has a number, into memory, whoever made them: another node, `tollgate apply`, or this process. Asks for the
 * revision number when it is told to, and in short steps anyway, so that nothing is missed across outages and lost hints; what was loaded stays
 * in force while the database is away.
 */
export class RevisionWatcher {
  readonly #options: RevisionWatcherOptions;
  /** Undefined until everything was loaded once. */
  #loaded: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #lastProblem: string | undefined;
  /** True while a look waits for its turn that was asked for by a hint: it will see what later hints are about, too. */
  #hinted = false;
  /** Checks run one after the other; this is the last one. */
  #lastCheck: Promise<unknown> = Promise.resolve();

  readonly #watched: NonNullable<RevisionWatcherOptions['watched']>;

  constructor(options: RevisionWatcherOptions) {
    this.#options = options;
    this.#watched = options.watched ?? { name: 'configuration', readRevision };
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
    return this.#inTurn(async () => {
      await this.#check();
    });
  }

  /** A hint: something may have changed. Returns at once. */
  lookNow(): void {
    if (this.#hinted || this.#stopped || this.#loaded === undefined) return;
    this.#hinted = true;
    void this.#reported(() =>
      this.#inTurn(async () => {
        this.#hinted = false;
        await this.#check();
      }),
    );
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#lastCheck;
  }

  #inTurn(look: () => Promise<void>): Promise<void> {
    const check = this.#lastCheck.then(look);
    this.#lastCheck = check.catch(() => undefined);
    return check;
  }

  /** True if there was something new. */
  async #check(): Promise<boolean> {
    const { database, reloaders } = this.#options;
    const revision = await this.#watched.readRevision(database.knex);
    if (revision === this.#loaded) return false;
    const failures: unknown[] = [];
    for (const reloader of reloaders) {
      try {
        await reloader.reload();
      } catch (error) {
        failures.push(error);
      }
    }
    // An outage is tried again at the next check; what is wrong in the database stays wrong until its next revision.
    if (!failures.some((failure) => failure instanceof StorageUnavailableError)) this.#loaded = revision;
    if (failures.length > 0) throw failures[0];
    return true;
  }

  #schedule(): void {
    if (this.#stopped) return;
    const { database, intervalMs = defaultIntervalMs[database.kind] } = this.#options;
    this.#timer = setTimeout(() => void this.#watch(), intervalMs).unref();
  }

  async #watch(): Promise<void> {
    await this.#reported(() =>
      this.#inTurn(async () => {
        if (await this.#check()) this.#options.onFound?.();
      }),
    );
    this.#schedule();
  }

  async #reported(look: () => Promise<void>): Promise<void> {
    const { log } = this.#options;
    try {
      await look();
      if (this.#lastProblem !== undefined) log.info({}, `The ${this.#watched.name} is up to date again.`);
      this.#lastProblem = undefined;
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      // Once per problem: an outage must not fill the log.
      if (problem !== this.#lastProblem)
        log.warn({ err: error }, `The ${this.#watched.name} cannot be read, the last one stays in force: ${problem}`);
      this.#lastProblem = problem;
    }
  }
}
