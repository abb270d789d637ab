import type { Logger } from '../foundation/logger.js';

/** What a hint can be about. */
export type Topic = 'configuration' | 'health';

/** The way that hints take from node to node. */
export interface Carrier {
  /**
   * Begins to receive, and comes back by itself after every break. Calls `onHint` for what is received, and `onGap` whenever hints may have
   * been lost: at every (re)connection. Never fails: a node serves without hints, too.
   */
  listen(onHint: (topic: string) => void, onGap: () => void): void;
  /** @throws if the hint did not leave; the sender may go on as if it had. */
  send(topic: Topic): Promise<void>;
  close(): Promise<void>;
}

/** Where nobody else is to be told. */
export const noCarrier: Carrier = { listen: () => undefined, send: async () => undefined, close: async () => undefined };

/**
 * Tells all nodes to look now. A hint is never a truth and may get lost, come twice or come late: whoever listens looks in the database, and
 * looks there from time to time without any hint, too.
 */
export class Bus {
  readonly #carrier: Carrier;
  readonly #log: Logger;
  readonly #looks = new Map<string, () => void>();

  constructor(carrier: Carrier, log: Logger) {
    this.#carrier = carrier;
    this.#log = log;
  }

  /** `look` is called often and must be cheap when there is nothing new. */
  onHint(topic: Topic, look: () => void): void {
    this.#looks.set(topic, look);
  }

  start(): void {
    this.#carrier.listen(
      (topic) => this.#looks.get(topic)?.(),
      () => {
        for (const look of this.#looks.values()) look();
      },
    );
  }

  /** Tells every node, this one among them. Does not wait, and does not fail: those who miss the hint find out by themselves. */
  hint(topic: Topic): void {
    this.#looks.get(topic)?.();
    this.#carrier.send(topic).catch((error: unknown) => this.#log.debug({ err: error }, `A hint about ${topic} was lost`));
  }

  async close(): Promise<void> {
    await this.#carrier.close();
  }
}
