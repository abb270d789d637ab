import { Worker } from 'node:worker_threads';
import { StorageUnavailableError } from '../../foundation/errors.js';
import type { Durability, LedgerExecutor, LedgerOperation, LedgerOutcome } from './ledger-operation.js';
import { errorOf, type LedgerWorkerData, type LedgerWorkerReply, type LedgerWorkerRequest } from './ledger-thread.js';

interface Waiting {
  readonly resolve: (outcomes: readonly LedgerOutcome[]) => void;
  readonly reject: (error: Error) => void;
}

/** Runs the SQLite ledger in a thread of its own. A thread that died is started anew with the next batch. */
export class WorkerExecutor implements LedgerExecutor {
  readonly #script: URL;
  #data: LedgerWorkerData;
  #worker: Worker | undefined;
  #waiting: Waiting[] = [];

  constructor(script: URL, data: LedgerWorkerData) {
    this.#script = script;
    this.#data = data;
  }

  execute(operations: readonly LedgerOperation[]): Promise<readonly LedgerOutcome[]> {
    return new Promise((resolve, reject) => {
      const worker = this.#running();
      this.#waiting.push({ resolve, reject });
      this.#send(worker, { type: 'execute', operations });
    });
  }

  setDurability(durability: Durability): void {
    this.#data = { ...this.#data, durability };
    if (this.#worker !== undefined) this.#send(this.#worker, { type: 'durability', durability });
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    this.#send(worker, { type: 'close' });
    await ended;
  }

  #running(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(this.#script, { workerData: this.#data });
    let cause: unknown;
    worker.on('message', (reply: LedgerWorkerReply) => this.#answer(reply));
    worker.on('error', (error) => {
      cause = error;
    });
    worker.on('exit', () => this.#ended(worker, cause));
    this.#worker = worker;
    return worker;
  }

  #send(worker: Worker, request: LedgerWorkerRequest): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    worker.postMessage(request);
  }

  #answer(reply: LedgerWorkerReply): void {
    const waiting = this.#waiting.shift();
    if ('outcomes' in reply) waiting?.resolve(reply.outcomes);
    else waiting?.reject(errorOf(reply.failure));
  }

  #ended(worker: Worker, cause: unknown): void {
    if (this.#worker === worker) this.#worker = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { reject } of waiting)
      reject(new StorageUnavailableError('The ledger is starting again. Try again in a moment.', { cause }));
  }
}
