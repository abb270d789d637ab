import { hash32 } from '../../foundation/hash32.js';
import type { Channel } from './channel.js';

/** Channels of one priority that may serve a model, ready to be drawn by weight. */
export interface CandidateLevel {
  readonly priority: number;
  /** Those with a weight first. */
  readonly channels: readonly Channel[];
  /** Sum of the weights up to and including each channel; as long as there are channels with a weight. */
  readonly cumulativeWeights: Float64Array;
  readonly totalWeight: number;
  /** A number for each channel that follows from its id alone. */
  readonly idHashes: Uint32Array;
}

/** The channels of a group that offer a model: never changed, replaced as a whole. */
export interface CandidateList {
  /** Highest priority first. */
  readonly levels: readonly CandidateLevel[];
  readonly size: number;
  /** Undefined where the channel is not in the list. */
  find(channelId: string): Channel | undefined;
}

/** Up to this size a list is looked through; of longer ones an index is made when it is first asked for. */
const unindexedMax = 16;

/** @param channels highest priority first */
export function candidateListOf(channels: readonly Channel[]): CandidateList {
  const levels: CandidateLevel[] = [];
  for (let start = 0; start < channels.length; ) {
    const { priority } = channels[start] as Channel;
    let end = start + 1;
    while (end < channels.length && channels[end]?.priority === priority) end += 1;
    levels.push(levelOf(priority, channels.slice(start, end)));
    start = end;
  }
  return Object.freeze(new Candidates(levels, channels.length));
}

class Candidates implements CandidateList {
  readonly levels: readonly CandidateLevel[];
  readonly size: number;
  #index: ReadonlyMap<string, Channel> | undefined;

  constructor(levels: readonly CandidateLevel[], size: number) {
    this.levels = levels;
    this.size = size;
  }

  find(channelId: string): Channel | undefined {
    if (this.size > unindexedMax) return (this.#index ??= indexOf(this.levels)).get(channelId);
    for (const { channels } of this.levels) for (const channel of channels) if (channel.id === channelId) return channel;
    return undefined;
  }
}

function indexOf(levels: readonly CandidateLevel[]): ReadonlyMap<string, Channel> {
  return new Map(levels.flatMap(({ channels }) => channels.map((channel) => [channel.id, channel] as const)));
}

function levelOf(priority: number, channels: readonly Channel[]): CandidateLevel {
  const weighted = channels.filter(({ weight }) => weight > 0);
  const cumulativeWeights = new Float64Array(weighted.length);
  let totalWeight = 0;
  weighted.forEach(({ weight }, index) => {
    totalWeight += weight;
    cumulativeWeights[index] = totalWeight;
  });
  const ordered = [...weighted, ...channels.filter(({ weight }) => weight <= 0)];
  return { priority, channels: ordered, cumulativeWeights, totalWeight, idHashes: Uint32Array.from(ordered, ({ id }) => hash32(id)) };
}

/**
 * Draws one channel of the level by weight, in steps that grow with the logarithm of their number; those without a weight are only drawn
 * where none has one.
 *
 * @param point from 0 to below 1
 */
export function drawFrom({ channels, cumulativeWeights, totalWeight }: CandidateLevel, point: number): Channel | undefined {
  if (totalWeight <= 0) return channels[Math.floor(point * channels.length)];
  const target = point * totalWeight;
  let low = 0;
  let high = cumulativeWeights.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cumulativeWeights[middle] as number) > target) high = middle;
    else low = middle + 1;
  }
  return channels[low];
}
