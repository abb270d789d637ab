import { describe, expect, it } from 'vitest';
import { ConversationPlaces } from './conversation-places.js';

const minuteMs = 60_000;

describe('where conversations were answered', () => {
  it('is remembered for as long as they go on, and some minutes more', () => {
    let now = 1_000;
    const places = new ConversationPlaces({ now: () => now });
    places.remember(7, 'a', 'a1', 10);
    for (let calls = 0; calls < 3; calls += 1) {
      now += 9 * minuteMs;
      expect(places.of(7)).toEqual({ channelId: 'a', keyId: 'a1' });
    }
    places.remember(7, 'b', 'b1', 10);
    expect(places.of(7)).toEqual({ channelId: 'b', keyId: 'b1' });
    now += 11 * minuteMs;
    expect(places.of(7)).toBeUndefined();
  });

  it('is forgotten of those that have rested for longest, when there are too many', () => {
    const places = new ConversationPlaces({ now: () => 1, placesMax: 2 });
    for (const conversation of [1, 2]) places.remember(conversation, 'a', 'a', 10);
    places.of(1);
    places.remember(3, 'a', 'a', 10);
    expect([1, 2, 3].map((conversation) => places.of(conversation) !== undefined)).toEqual([true, false, true]);
  });
});
