import { type Verdict, verdictForKind, verdictForStatus } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../../foundation/logger.js';
import { candidateListOf, type Channel, defaultChannelOptions } from '../channels/index.js';
import { HealthBook, healthSettings } from '../health/index.js';
import { ChannelLoads } from './channel-loads.js';
import { ChannelSelection } from './channel-selection.js';
import { ConversationPlaces } from './conversation-places.js';
import { KeyTurns } from './key-turns.js';
import { TraceWriter } from './routing-trace.js';

const secondMs = 1_000;

/** The same numbers each time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Twelve channels of three keys on a virtual clock; what a place answers at a time is scripted. */
function startFleet(answerOf: (channelId: string, keyId: string, now: number) => Verdict | undefined) {
  let now = 0;
  const random = seeded(7);
  const values = healthSettings.schema.parse({});
  const log = createLogger('silent', { write() {} });
  const book = new HealthBook({ settings: () => values, clock: { now: () => now }, log, channelNameOf: (id) => id });
  const channels = Array.from({ length: 12 }, (_, index) => {
    const id = `c${index}`;
    const keys = [0, 1, 2].map((key) => ({ id: `${id}k${key}`, hint: '', config: {} }));
    return { id, name: id, priority: 0, weight: 1 + (index % 3), keys, options: defaultChannelOptions } as unknown as Channel;
  });
  const list = candidateListOf(channels);
  const shared = {
    health: book,
    loads: new ChannelLoads(),
    keyTurns: new KeyTurns(),
    places: new ConversationPlaces({ now: () => now }),
    random,
    now: () => now,
  };
  const attempts: { readonly at: number; readonly channelId: string; readonly keyId: string; readonly failed: boolean }[] = [];
  const call = (): boolean => {
    const selection = new ChannelSelection(list, { model: 'm', strategy: 'weighted' }, shared, new TraceWriter('weighted', list.size));
    for (let tries = 0; tries < 4; tries += 1) {
      const candidate = selection.next();
      if (candidate === undefined) return false;
      const place = { channelId: candidate.channel.id, keyId: candidate.key.id };
      const verdict = answerOf(place.channelId, place.keyId, now);
      attempts.push({ at: now, ...place, failed: verdict !== undefined });
      book.report({ ...place, model: 'm', verdict, mayDisable: true, startedAt: now, at: now });
      if (verdict === undefined) return true;
      selection.failed(candidate, verdict.scope);
    }
    return false;
  };
  /** Ten calls in each tenth of a second. Returns how many were answered. */
  const run = (seconds: number): number => {
    let answered = 0;
    for (const end = now + seconds * secondMs; now < end; now += 100) for (let calls = 0; calls < 10; calls += 1) if (call()) answered += 1;
    return answered;
  };
  return { run, attempts, book };
}

describe('a fleet of which a part fails', () => {
  it('answers every call, and asks no key that is limited before its time', () => {
    const limited = (keyId: string): boolean => keyId.endsWith('k1');
    const fleet = startFleet((_, keyId) => (limited(keyId) ? { ...verdictForStatus(429, 'Slow.'), retryAfterMs: 20_000 } : undefined));
    expect(fleet.run(60)).toBe(6_000);
    const last = new Map<string, number>();
    for (const { at, keyId } of fleet.attempts.filter((attempt) => limited(attempt.keyId))) {
      expect(at - (last.get(keyId) ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(20_000);
      last.set(keyId, at);
    }
    expect(last.size).toBe(12);
  });

  it('stops asking a channel that is away after five failures, asks ever more seldom, and uses it again when it is back', () => {
    const network = verdictForKind('network', 502, 'Away.', 'upstream_connection_failed');
    const away = (now: number): boolean => now >= 10_000 && now < 100_000;
    const fleet = startFleet((channelId, _, now) => (channelId === 'c2' && away(now) ? network : undefined));
    expect(fleet.run(200)).toBe(20_000);
    const failed = fleet.attempts.filter((attempt) => attempt.failed).map(({ at }) => at);
    // Five in a row, then a probe after 5, 10, 20 and 40 seconds.
    expect(failed).toHaveLength(9);
    const gaps = failed.slice(5).map((at, index) => at - (failed[index + 4] ?? 0));
    for (const [index, gap] of gaps.entries()) {
      expect(gap).toBeGreaterThanOrEqual(5_000 * 2 ** index);
      expect(gap).toBeLessThan(5_000 * 2 ** index + 2 * secondMs);
    }
    // Weight 3 of 24.
    const lastSeconds = fleet.attempts.filter(({ at }) => at >= 175_000);
    const share = lastSeconds.filter(({ channelId }) => channelId === 'c2').length / lastSeconds.length;
    expect(Math.abs(share - 3 / 24)).toBeLessThan(0.02);
    expect(fleet.book.list()).toEqual([]);
  });

  it('shares by weight what nothing is the matter with', () => {
    const fleet = startFleet(() => undefined);
    fleet.run(200);
    for (const index of [0, 1, 2]) {
      const share = fleet.attempts.filter(({ channelId }) => channelId === `c${index}`).length / fleet.attempts.length;
      expect(Math.abs(share - (1 + index) / 24)).toBeLessThan(0.02);
    }
  });
});
