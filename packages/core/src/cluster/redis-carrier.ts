import type { Carrier, Topic } from './bus.js';
import { RedisConnection, type RedisConnectionOptions } from './redis-connection.js';

/** Hints over publish and subscribe of Redis. One connection sends, one listens: Redis lets a listener do nothing else. */
export class RedisCarrier implements Carrier {
  readonly #options: RedisConnectionOptions;
  readonly #sender: RedisConnection;
  readonly #channel: string;
  #listener: RedisConnection | undefined;

  /** @param prefix Begins the channel's name: gateways of different databases may share a Redis. `sender` is closed by who made it. */
  constructor(sender: RedisConnection, prefix: string, options: RedisConnectionOptions) {
    this.#sender = sender;
    this.#channel = `${prefix}hints`;
    this.#options = options;
  }

  listen(onHint: (topic: string) => void, onGap: () => void): void {
    this.#listener = new RedisConnection(this.#options);
    this.#listener.listen(this.#channel, onHint, onGap);
  }

  async send(topic: Topic): Promise<void> {
    await this.#sender.publish(this.#channel, topic);
  }

  async close(): Promise<void> {
    this.#listener?.close();
  }
}
