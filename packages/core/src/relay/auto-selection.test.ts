import { describe, expect, it } from 'vitest';
import { candidateListOf, type Channel } from '../modules/channels/index.js';
import type { ChannelSelection } from '../modules/routing/index.js';
import { AutoSelection, type GroupOffer } from './auto-selection.js';

const offer = (group: string, ...ids: readonly string[]): GroupOffer => ({
  group,
  list: candidateListOf(ids.map((id) => ({ id, priority: 0, weight: 1 }) as Channel)),
});

/** Hands out one channel after the other. */
function inOrder({ list }: GroupOffer, soonestMs?: number): ChannelSelection {
  const left = list.levels.flatMap(({ channels }) => channels);
  return {
    next: () => {
      const channel = left.shift();
      return channel && { channel, key: { id: channel.id } };
    },
    soonestMs,
  } as unknown as ChannelSelection;
}

function walk([first, ...others]: readonly GroupOffer[]): readonly string[] {
  const steps: string[] = [];
  const selection = new AutoSelection(first as GroupOffer, others, inOrder);
  selection.onGroup = (group) => steps.push(`in ${group}`);
  for (let next = selection.next(); next !== undefined; next = selection.next()) steps.push(next.channel.id);
  return steps;
}

describe('selecting among groups', () => {
  it('begins the next group where no channel of the one before is left', () => {
    expect(walk([offer('one', 'a', 'b'), offer('two', 'c')])).toEqual(['a', 'b', 'in two', 'c']);
  });

  it('tries no channel twice that is in several groups', () => {
    expect(walk([offer('one', 'a', 'b'), offer('two', 'b', 'c'), offer('three', 'a'), offer('four', 'd', 'c')])).toEqual([
      'a',
      'b',
      'in two',
      'c',
      'in three',
      'in four',
      'd',
    ]);
  });

  it('knows when the first channel of any group can be asked again', () => {
    const soonest = new Map([
      ['one', 700],
      ['two', 300],
    ]);
    const selection = new AutoSelection(offer('one', 'a'), [offer('two', 'b'), offer('three', 'c')], (group) =>
      inOrder(group, soonest.get(group.group)),
    );
    while (selection.next() !== undefined);
    expect(selection.soonestMs).toBe(300);
  });
});
