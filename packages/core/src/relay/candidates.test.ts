import { describe, expect, it } from 'vitest';
import type { Channel } from '../modules/channels/index.js';
import { Candidates } from './candidates.js';

function channel(id: string, priority: number, weight: number): Channel {
  return { id, priority, weight } as Channel;
}

function drawAll(channels: readonly Channel[], random: () => number): string[] {
  const candidates = new Candidates(channels, random);
  const drawn: string[] = [];
  for (let next = candidates.next(); next !== undefined; next = candidates.next()) drawn.push(next.id);
  return drawn;
}

/** Evenly spread numbers, so that shares come out exactly. */
function evenly(steps: number): () => number {
  let step = 0;
  return () => (step++ % steps) / steps;
}

describe('candidates', () => {
  it('exhaust the highest priority before the next one and never repeat', () => {
    const channels = [channel('low', 0, 100), channel('high-a', 5, 1), channel('high-b', 5, 1)];
    const drawn = drawAll(channels, () => 0.99);
    expect(drawn).toHaveLength(3);
    expect(drawn[2]).toBe('low');
    expect(new Set(drawn).size).toBe(3);
  });

  it('share first places by weight', () => {
    const channels = [channel('three', 0, 3), channel('one', 0, 1)];
    const random = evenly(400);
    const firsts = Array.from({ length: 400 }, () => new Candidates(channels, random).next()?.id);
    expect(firsts.filter((id) => id === 'three')).toHaveLength(300);
  });

  it('keep weight 0 for when no other is left', () => {
    const channels = [channel('spare', 0, 0), channel('main', 0, 1)];
    for (const point of [0, 0.5, 0.999]) expect(drawAll(channels, () => point)).toEqual(['main', 'spare']);
  });

  it('draw evenly where all weights are 0', () => {
    const channels = [channel('a', 0, 0), channel('b', 0, 0)];
    expect(new Candidates(channels, () => 0).next()?.id).toBe('a');
    expect(new Candidates(channels, () => 0.9).next()?.id).toBe('b');
  });
});
