import type { Channel, ChannelKey } from '../channels/index.js';

/** Whose turn it is among the keys of channels that take them in turn. */
export class KeyTurns {
  /** Channel → how many turns were taken. Each node counts its own. */
  readonly #turns = new Map<string, number>();

  /** Where to begin among the channel's keys. @param point from 0 to below 1 */
  startAt({ id, keys, options }: Channel, point: number): number {
    if (keys.length === 1) return 0;
    if (options.keyOrder === 'random') return Math.floor(point * keys.length);
    const turn = this.#turns.get(id) ?? 0;
    this.#turns.set(id, turn + 1);
    return turn % keys.length;
  }
}

/** The first key from `start` on that may be used. */
export function firstUsable(keys: readonly ChannelKey[], start: number, isUsable: (key: ChannelKey) => boolean): ChannelKey | undefined {
  for (let step = 0; step < keys.length; step += 1) {
    const key = keys[(start + step) % keys.length] as ChannelKey;
    if (isUsable(key)) return key;
  }
  return undefined;
}
