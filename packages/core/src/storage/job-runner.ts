import type { Database } from './database.js';
import { type ClaimedJob, JobQueue } from './jobs.js';

/** What is done with the jobs of one kind. */
export interface JobHandler {
  readonly kind: string;
  /** Set for jobs that come back by themselves, once for the whole cluster. */
  readonly everyMs?: () => number;
  /**
   * May be run again after a failure, also by another node while this one hangs: must be safe to repeat.
   * @param signal ends what takes long: the runner is closed, or another node has the job by now
   * @throws JobInterruptedError where the signal has ended it before all was done
   */
  run(payload: unknown, signal: AbortSignal): Promise<void>;
}

/** Nothing failed: what is left of a job is done as soon as a runner takes it up. */
export class JobInterruptedError extends Error {}

export interface JobRunnerOptions {
  readonly database: Database;
  readonly handlers: readonly JobHandler[];
  readonly onFailure: (kind: string, error: unknown) => void;
  readonly pollMs?: number;
  readonly leaseMs?: number;
}

const retryDelayMaxMs = 3_600_000;

/** Runs due jobs of this database, one at a time, until it is closed. */
export class JobRunner {
  readonly #options: Required<JobRunnerOptions>;
  readonly #queue: JobQueue;
  readonly #handlers: ReadonlyMap<string, JobHandler>;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  readonly #closing = new AbortController();

  constructor(options: JobRunnerOptions) {
    this.#options = { pollMs: 1_000, leaseMs: 60_000, ...options };
    this.#queue = new JobQueue(options.database);
    this.#handlers = new Map(options.handlers.map((handler) => [handler.kind, handler]));
  }

  /** Queues the recurring jobs that are not queued yet, and begins. @throws StorageUnavailableError */
  async start(): Promise<void> {
    const recurring = this.#options.handlers.filter((handler) => handler.everyMs !== undefined).map((handler) => handler.kind);
    await this.#options.database.write(async (transaction) => {
      for (const kind of recurring) await this.#queue.enqueue(transaction, { kind, singleton: kind });
      // One process has the file to itself: nobody is at work on what a killed one had claimed.
      if (this.#options.database.kind === 'sqlite') await this.#queue.restart(transaction, recurring);
    });
    this.#schedule(0);
  }

  /** Asks the job that is being run to end, and waits for it. */
  async close(): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#timer);
    await this.#running;
  }

  #schedule(delayMs: number): void {
    if (this.#closing.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#turn().then((delay) => this.#schedule(delay));
    }, delayMs);
    this.#timer.unref();
  }

  /** Runs one job if one is due. Returns when to look again. */
  async #turn(): Promise<number> {
    try {
      const job = await this.#queue.claim([...this.#handlers.keys()], this.#options.leaseMs);
      if (job === undefined) return this.#options.pollMs;
      await this.#run(job);
      return 0;
    } catch (error) {
      this.#options.onFailure('jobs', error);
      return this.#options.pollMs;
    }
  }

  async #run(job: ClaimedJob): Promise<void> {
    const handler = this.#handlers.get(job.kind);
    if (handler === undefined) throw new Error(`Nobody handles jobs of kind ${job.kind}.`);
    const lost = new AbortController();
    const renewal = setInterval(() => this.#renew(job, lost), this.#options.leaseMs / 3);
    try {
      await handler.run(job.payload, AbortSignal.any([this.#closing.signal, lost.signal]));
    } catch (error) {
      this.#options.onFailure(job.kind, error);
      if (error instanceof JobInterruptedError) await this.#queue.release(job);
      else await this.#queue.fail(job, error instanceof Error ? error.message : String(error), retryDelayMs(job, handler));
      return;
    } finally {
      clearInterval(renewal);
    }
    if (handler.everyMs === undefined) await this.#queue.complete(job);
    else await this.#queue.runAgain(job, handler.everyMs());
  }

  #renew(job: ClaimedJob, lost: AbortController): void {
    this.#queue.renew(job, this.#options.leaseMs).then(
      (isOurs) => isOurs || lost.abort(),
      (error: unknown) => this.#options.onFailure(job.kind, error),
    );
  }
}

function retryDelayMs({ attempt }: ClaimedJob, { everyMs }: JobHandler): number {
  return Math.min(retryDelayMaxMs, everyMs?.() ?? retryDelayMaxMs, 1_000 * 2 ** Math.min(attempt - 1, 20));
}
