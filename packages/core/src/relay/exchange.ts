import type { IncomingHttpHeaders } from 'node:http';
import type { Verdict } from '@tollgate/plugin-kit';
import type { Dispatcher } from 'undici';
import type { AnswerReceiver, UpstreamFlow } from './answer.js';
import { networkVerdict } from './network-verdict.js';

/** Chooses who takes the body once status and headers are there. */
export type TakeHead = (status: number, headers: IncomingHttpHeaders) => AnswerReceiver;

/** One request to an upstream and its response, as undici tells of them. Quiet after `abort`. */
export class UpstreamExchange implements Dispatcher.DispatchHandler, UpstreamFlow {
  #controller: Dispatcher.DispatchController | undefined;
  #receiver: AnswerReceiver | undefined;
  #over = false;
  #bytesLeft = Number.POSITIVE_INFINITY;
  #exceeded: (() => void) | undefined;
  /** Bytes of the answer so far. */
  receivedBytes = 0;
  /** HTTP status of the upstream, once it is there. */
  status: number | undefined;

  readonly #takeHead: TakeHead;
  readonly #failedWithoutHead: (verdict: Verdict) => void;

  constructor(takeHead: TakeHead, failedWithoutHead: (verdict: Verdict) => void) {
    this.#takeHead = takeHead;
    this.#failedWithoutHead = failedWithoutHead;
  }

  pause(): void {
    if (!this.#over) this.#controller?.pause();
  }

  resume(): void {
    if (!this.#over && this.#controller?.paused === true) this.#controller.resume();
  }

  abort(): void {
    if (this.#over) return;
    this.#over = true;
    this.#controller?.abort(new Error('The call is over.'));
  }

  /** From now on no more than so many bytes are read. */
  limit(bytes: number, exceeded: () => void): void {
    this.#bytesLeft = bytes;
    this.#exceeded = exceeded;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#over) controller.abort(new Error('The call is over.'));
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (this.#over || status < 200) return;
    this.status = status;
    this.#receiver = this.#takeHead(status, headers);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#over) return;
    this.receivedBytes += chunk.length;
    this.#bytesLeft -= chunk.length;
    if (this.#bytesLeft < 0) this.#exceeded?.();
    else this.#receiver?.data(chunk);
  }

  onResponseEnd(): void {
    if (this.#over) return;
    this.#over = true;
    this.#receiver?.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#receiver === undefined) this.#failedWithoutHead(networkVerdict(error));
    else this.#receiver.broken(networkVerdict(error));
  }
}
