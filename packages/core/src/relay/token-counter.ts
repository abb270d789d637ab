import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Tokenizer } from '@tollgate/plugin-kit';
import { type CountReply, replyTo } from './tokenizer-thread.js';

/** The built worker lies beside the built file that this module ends up in. */
const workerFile = './tokenizer-worker.js';

export interface TokenCounterOptions {
  /** UTF-16 units that may wait to be counted; more is not taken. */
  readonly waitingUnitsMax?: number;
  /** For one count, without the time that it waits. */
  readonly timeMaxMs?: number;
  /** A count that waits and runs longer than this is given up, and its thread with it. */
  readonly patienceMs?: number;
  /** A thread that has nothing to count for so long is ended, and its vocabularies with it. */
  readonly idleMs?: number;
  /** The thread's script; undefined counts in this thread, between other work. */
  readonly script?: URL | undefined;
  /** Hears why a count failed. */
  readonly failed?: (reason: unknown) => void;
}

interface Waiting {
  readonly units: number;
  readonly resolve: (tokens: number | undefined) => void;
  readonly givesUp: NodeJS.Timeout;
}

/**
 * Counts tokens exactly, in a thread of its own that is started when something is to be counted. It never keeps anybody waiting for long: what
 * it cannot take, or cannot finish in time, is not counted, and the estimate stands.
 */
export class TokenCounter {
  readonly #options: Required<Omit<TokenCounterOptions, 'script'>> & Pick<TokenCounterOptions, 'script'>;
  readonly #waiting = new Map<number, Waiting>();
  #waitingUnits = 0;
  #newestId = 0;
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: TokenCounterOptions = {}) {
    this.#options = {
      waitingUnitsMax: 8_388_608,
      timeMaxMs: 3_000,
      patienceMs: 10_000,
      idleMs: 60_000,
      failed: () => undefined,
      // Threads cannot load TypeScript sources.
      script: import.meta.url.endsWith('.ts') ? undefined : new URL(workerFile, import.meta.url),
      ...options,
    };
  }

  /** Tokens of the texts together; undefined where they could not be counted. */
  count(tokenizer: Tokenizer, texts: readonly string[]): Promise<number | undefined> {
    const units = texts.reduce((sum, text) => sum + text.length, 0);
    const { waitingUnitsMax, patienceMs, timeMaxMs, script } = this.#options;
    if (this.#isClosed || this.#waitingUnits + units > waitingUnitsMax) return Promise.resolve(undefined);
    const id = (this.#newestId += 1);
    return new Promise((resolve) => {
      const givesUp = setTimeout(() => this.#giveUp(), patienceMs);
      this.#waiting.set(id, { units, resolve, givesUp });
      this.#waitingUnits += units;
      const request = { id, tokenizer, texts, timeMaxMs };
      if (script === undefined) void replyTo(request, setImmediate).then((reply) => this.#answer(reply));
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      else this.#running(script).postMessage(request);
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#end();
  }

  #running(script: URL): Worker {
    clearTimeout(this.#idle);
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(script);
    worker.on('message', (reply: CountReply) => this.#answer(reply));
    worker.on('error', this.#options.failed);
    worker.on('exit', () => {
      if (this.#worker === worker) this.#abandon();
    });
    this.#worker = worker;
    return worker;
  }

  #answer({ id, tokens, failure }: CountReply): void {
    if (failure !== undefined) this.#options.failed(failure);
    this.#resolve(id, tokens);
    if (this.#waiting.size > 0 || this.#worker === undefined) return;
    this.#idle = setTimeout(() => void this.#end(), this.#options.idleMs).unref();
  }

  #resolve(id: number, tokens: number | undefined): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    this.#waitingUnits -= waiting.units;
    clearTimeout(waiting.givesUp);
    waiting.resolve(tokens);
  }

  #giveUp(): void {
    this.#options.failed('The tokenizer does not answer.');
    void this.#end();
  }

  async #end(): Promise<void> {
    const worker = this.#worker;
    this.#abandon();
    await worker?.terminate();
  }

  /** Nothing that waits is counted any more; the next count starts a thread anew. */
  #abandon(): void {
    clearTimeout(this.#idle);
    this.#worker = undefined;
    for (const id of this.#waiting.keys()) this.#resolve(id, undefined);
  }
}
