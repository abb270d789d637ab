import type { Channel } from './channel.js';

/** Channels of one priority that may serve a model, ready to be drawn by weight. */
export interface CandidateLevel {
  readonly priority: number;
  /** Those with a weight first. */
  readonly channels: readonly Channel[];
  /** Sum of the weights up to and including each channel; as long as there are channels with a weight. */
  readonly cumulativeWeights: Float64Array;
  readonly totalWeight: number;
}

/** The channels of a group that offer a model: never changed, replaced as a whole. */
export interface CandidateList {
  /** Highest priority first. */
  readonly levels: readonly CandidateLevel[];
  readonly size: number;
}

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
  return Object.freeze({ levels, size: channels.length });
}

function levelOf(priority: number, channels: readonly Channel[]): CandidateLevel {
  const weighted = channels.filter(({ weight }) => weight > 0);
  const cumulativeWeights = new Float64Array(weighted.length);
  let totalWeight = 0;
  weighted.forEach(({ weight }, index) => {
    totalWeight += weight;
    cumulativeWeights[index] = totalWeight;
  });
  return { priority, channels: [...weighted, ...channels.filter(({ weight }) => weight <= 0)], cumulativeWeights, totalWeight };
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
