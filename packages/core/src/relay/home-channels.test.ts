import { describe, expect, it } from 'vitest';
import type { Channel } from '../modules/channels/index.js';
import { homeChannelsOf } from './home-channels.js';

const channel = (id: string, priority: number, weight: number): Channel => ({ id, priority, weight }) as Channel;
const users = Array.from({ length: 4_000 }, (_, index) => `user-${index}`);

describe('the channels where something of a user is made', () => {
  const channels = [channel('a', 1, 1), channel('b', 1, 3), channel('c', 2, 1), channel('d', 1, 0)];
  const idsOf = (user: string, of = channels) => homeChannelsOf(user, of).map(({ id }) => id);

  it('are always in the same order for one user, wherever the list begins', () => {
    expect(idsOf('alice', channels.toReversed())).toEqual(idsOf('alice'));
  });

  it('begin with the highest priority and end with those of weight 0', () => {
    for (const user of users.slice(0, 100)) {
      expect(idsOf(user)[0]).toBe('c');
      expect(idsOf(user)[3]).toBe('d');
    }
  });

  it('are drawn by weight inside a priority', () => {
    const atHeavy = users.filter((user) => idsOf(user)[1] === 'b').length;
    expect(atHeavy / users.length).toBeGreaterThan(0.72);
    expect(atHeavy / users.length).toBeLessThan(0.78);
  });

  it('stay for most users when another comes', () => {
    const level = channels.filter(({ priority }) => priority === 1);
    const moved = users.filter((user) => idsOf(user, level)[0] !== idsOf(user, [...level, channel('e', 1, 4)])[0]);
    expect(moved.every((user) => idsOf(user, [...level, channel('e', 1, 4)])[0] === 'e')).toBe(true);
    expect(moved.length / users.length).toBeLessThan(0.55);
  });
});
