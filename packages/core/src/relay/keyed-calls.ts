import { setTimeout as sleep } from 'node:timers/promises';
import type { Idempotency, KeyClaim } from '../modules/idempotency/index.js';
import type { ClientReply } from './client-reply.js';

/** A client that has its answer may ask again before that answer is settled: this long it is waited for. */
const settlementWaitMaxMs = 1_000;

/** Calls whose clients sent an idempotency key: one is made, and whoever asks again gets its answer again. */
export class KeyedCalls {
  readonly #idempotency: Pick<Idempotency, 'find'>;
  /** Calls of this node that are over and not settled yet, by their claims. */
  readonly #settling = new Map<string, Promise<void>>();

  constructor(idempotency: Pick<Idempotency, 'find'>) {
    this.#idempotency = idempotency;
  }

  /**
   * Gives the answer again that an earlier call under the same key got. False if there was none, so that the call is made.
   * @throws IdempotencyKeyReusedError, IdempotencyKeyRunningError, AnswerNotKeptError, StorageUnavailableError
   */
  async replay(claim: KeyClaim, reply: ClientReply): Promise<boolean> {
    const settling = this.#settling.get(claim.id);
    if (settling !== undefined) await Promise.race([settling, sleep(settlementWaitMaxMs, undefined, { ref: false })]);
    const answer = await this.#idempotency.find(claim);
    if (answer === undefined) return false;
    reply.replay(answer);
    return true;
  }

  /** Notes that the call of this claim is over. `settled` never rejects. */
  settling({ id }: KeyClaim, settled: Promise<void>): void {
    this.#settling.set(id, settled);
    void settled.finally(() => {
      if (this.#settling.get(id) === settled) this.#settling.delete(id);
    });
  }
}
