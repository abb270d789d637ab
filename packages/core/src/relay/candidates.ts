import type { Channel } from '../modules/channels/index.js';

/**
 * Hands out the channels that may serve a call, one at a time and none twice: by weight inside the highest priority, then inside the next.
 * Channels of weight 0 come last in their priority.
 */
export class Candidates {
  readonly #left: Channel[];

  /** A number from 0 to below 1. */
  readonly #random: () => number;

  constructor(channels: readonly Channel[], random: () => number) {
    this.#random = random;
    this.#left = [...channels];
  }

  next(): Channel | undefined {
    const highest = this.#left.reduce((highest, channel) => Math.max(highest, channel.priority), Number.NEGATIVE_INFINITY);
    const level = this.#left.filter((channel) => channel.priority === highest);
    const chosen = this.#draw(level);
    if (chosen !== undefined) this.#left.splice(this.#left.indexOf(chosen), 1);
    return chosen;
  }

  #draw(level: readonly Channel[]): Channel | undefined {
    if (level.length <= 1) return level[0];
    const total = level.reduce((sum, channel) => sum + channel.weight, 0);
    if (total <= 0) return level[Math.floor(this.#random() * level.length)];
    let point = this.#random() * total;
    for (const channel of level) {
      point -= channel.weight;
      if (point < 0) return channel;
    }
    return level.find((channel) => channel.weight > 0);
  }
}
