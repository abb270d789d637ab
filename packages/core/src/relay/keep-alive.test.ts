import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KeepAlive, type KeepAliveWatch } from './keep-alive.js';

describe('keep-alive', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function watched(names: readonly string[]): { readonly heard: string[]; readonly watches: ReadonlyMap<string, KeepAliveWatch> } {
    const keepAlive = new KeepAlive();
    const heard: string[] = [];
    const watches = names.map((name) => [name, keepAlive.watch({ keepAlive: () => void heard.push(name) }, 2_000)] as const);
    return { heard, watches: new Map(watches) };
  }

  it('wakes the streams that were silent for their time, again and again', () => {
    const { heard } = watched(['one', 'two']);
    vi.advanceTimersByTime(1_999);
    expect(heard).toEqual([]);
    vi.advanceTimersByTime(2_001);
    expect(heard).toEqual(['one', 'two', 'one', 'two']);
  });

  it('starts counting anew with every write', () => {
    const { heard, watches } = watched(['one', 'two']);
    vi.advanceTimersByTime(1_000);
    watches.get('one')?.noteWrite();
    vi.advanceTimersByTime(1_000);
    expect(heard).toEqual(['two']);
  });

  it.each(['one', 'two', 'three'])('forgets stream %s alone when it ends, however often that is said', (ended) => {
    const { heard, watches } = watched(['one', 'two', 'three']);
    watches.get(ended)?.end();
    watches.get(ended)?.end();
    vi.advanceTimersByTime(2_000);
    expect(heard.sort()).toEqual(['one', 'two', 'three'].filter((name) => name !== ended).sort());
  });

  it('keeps no timer when nothing is watched', () => {
    const { watches } = watched(['one', 'two']);
    expect(vi.getTimerCount()).toBe(1);
    for (const watch of watches.values()) watch.end();
    expect(vi.getTimerCount()).toBe(0);
  });
});
