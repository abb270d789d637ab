import { describe, expect, it } from 'vitest';
import { candidateListOf, type Channel } from '../modules/channels/index.js';
import type { ChannelSelection } from '../modules/routing/index.js';
import { AutoSelection, type GroupOffer } from './auto-selection.js';

const offer = (group: string, ...ids: readonly string[]): GroupOffer => ({
  group,
  list: candidateListOf(ids.map((id) => ({ id, priority: 0, weight: 1 }) as Channel)),
});

/** Hands out one channel after the other, and all of them once more when it starts again. */
function inOrder({ list }: GroupOffer, soonestMs?: number): ChannelSelection {
  const channels = list.levels.flatMap((level) => level.channels);
  let at = 0;
  return {
    next: () => {
      const channel = channels[at];
      at += 1;
      return channel && { channel, key: { id: channel.id } };
    },
    startAgain: () => {
      at = 0;
    },
    soonestMs,
  } as unknown as ChannelSelection;
}

function walker(offers: readonly GroupOffer[]): { readonly selection: AutoSelection; walk(): readonly string[] } {
  const selection = new AutoSelection(offers, inOrder);
  let group = '';
  selection.onGroup = (entered) => {
    group = entered;
  };
  const walk = (): readonly string[] => {
    const steps: string[] = [];
    for (let next = selection.next(); next !== undefined; next = selection.next()) steps.push(`${next.channel.id} in ${group}`);
    return steps;
  };
  return { selection, walk };
}

describe('selecting among groups', () => {
  it('begins the next group where no channel of the one before is left', () => {
    expect(walker([offer('one', 'a', 'b'), offer('two', 'c')]).walk()).toEqual(['a in one', 'b in one', 'c in two']);
  });

  it('tries no channel twice that is in several groups', () => {
    const offers = [offer('one', 'a', 'b'), offer('two', 'b', 'c'), offer('three', 'a'), offer('four', 'd', 'c')];
    expect(walker(offers).walk()).toEqual(['a in one', 'b in one', 'c in two', 'd in four']);
  });

  it('goes back to the first group when it starts again', () => {
    const { selection, walk } = walker([offer('one', 'a'), offer('two', 'a', 'b')]);
    expect(walk()).toEqual(['a in one', 'b in two']);
    selection.startAgain();
    expect(walk()).toEqual(['a in one', 'b in two']);
  });

  it('knows when the first channel of any group can be asked again', () => {
    const soonest = new Map([
      ['one', 700],
      ['two', 300],
    ]);
    const offers = [offer('one', 'a'), offer('two', 'b'), offer('three', 'c')];
    const selection = new AutoSelection(offers, (group) => inOrder(group, soonest.get(group.group)));
    expect(selection.next()?.channel.id).toBe('a');
    expect(selection.soonestMs).toBe(700);
    while (selection.next() !== undefined);
    expect(selection.soonestMs).toBe(300);
  });
});
