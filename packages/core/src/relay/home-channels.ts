import { createHash } from 'node:crypto';
import type { Channel, ChannelKey } from '../modules/channels/index.js';

const hashBytes = 6;
const hashValues = 2 ** (8 * hashBytes);

/**
 * The channels in the order in which something of this user's is made there: highest priority first, by weight inside one. The draw is made
 * by hashing, so that each node draws the same, and what one user makes comes together as long as the channels stay.
 */
export function homeChannelsOf(userId: string, channels: readonly Channel[]): readonly Channel[] {
  const distances = new Map(channels.map((channel) => [channel, distanceTo(userId, channel)]));
  const distanceOf = (channel: Channel): number => distances.get(channel) ?? 0;
  return channels.toSorted((one, other) => other.priority - one.priority || distanceOf(one) - distanceOf(other));
}

/** The channel's keys in that order: accounts behind them know nothing of each other's things either. */
export function homeKeysOf(userId: string, { keys }: Pick<Channel, 'keys'>): readonly ChannelKey[] {
  if (keys.length === 1) return keys;
  const distances = new Map(keys.map((key) => [key, distanceTo(userId, { id: key.id, weight: 1 })]));
  return keys.toSorted((one, other) => (distances.get(one) ?? 0) - (distances.get(other) ?? 0));
}

/** Weighted rendezvous hashing: exponentially distributed, so that the nearest one is drawn with the probability of its weight. */
function distanceTo(userId: string, { id, weight }: Pick<Channel, 'id' | 'weight'>): number {
  const hash = createHash('sha256').update(`${userId} ${id}`).digest().readUIntBE(0, hashBytes);
  const drawn = -Math.log((hash + 1) / (hashValues + 1));
  return weight > 0 ? drawn / weight : Number.MAX_VALUE;
}
