import { array, assert, asyncProperty, constantFrom, nat, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock, VirtualPermits, VirtualWindows } from '../../cluster/counters-test-bench.js';
import { LimitCounters, type SharedCounters } from '../../cluster/limit-counters.js';
import { ChannelLimits } from './channel-limits.js';
import { LimitReachedError, LimitsUnavailableError } from './limits-errors.js';

const startAt = Date.UTC(2026, 0, 2, 3, 4, 5);
const values = { limits: { requestsPerMinute: 6, tokensPerMinute: 100, concurrentCalls: 4 }, keyLimits: { requestsPerMinute: 3 } };
const placeAt = (keyId: string) => ({ channelId: 'c', keyId, values });

function limitsOf(clock: VirtualClock, shared?: SharedCounters, whenCountersAreAway: 'refuse' | 'count-alone' = 'refuse'): ChannelLimits {
  const counters = new LimitCounters({ shared, now: clock.now, wallNow: clock.now, onProblem: () => undefined });
  return new ChannelLimits({ counters, clock, whenCountersAreAway: () => whenCountersAreAway });
}

/** Whether an attempt is let in, and its room given back if so and it shall end. */
async function outcome(limits: ChannelLimits, keyId: string, tokens: number, ends: boolean): Promise<boolean> {
  try {
    const ticket = await limits.admit(placeAt(keyId), tokens);
    if (ends) ticket?.end();
    return true;
  } catch (error) {
    if (error instanceof LimitReachedError) return false;
    throw error;
  }
}

describe('looking for room at a channel', () => {
  it('says what an attempt would meet, on each of the nodes, and takes nothing', async () => {
    const step = record({ node: nat(1), keyId: constantFrom('k1', 'k2'), tokens: nat(60), looks: nat(3), ends: constantFrom(true, false) });
    await assert(
      asyncProperty(constantFrom(true, false), array(step, { maxLength: 15 }), async (isShared, steps) => {
        const clock = new VirtualClock(startAt);
        const [windows, permits] = [new VirtualWindows(clock.now), new VirtualPermits()];
        const nodes = ['a', 'b'].map((node) => limitsOf(clock, isShared ? { windows, permits: permits.of(node) } : undefined));
        for (const { node, keyId, tokens, looks, ends } of steps) {
          const limits = nodes[isShared ? node : 0] as ChannelLimits;
          const [first] = await limits.look([placeAt(keyId), placeAt('k2')], tokens);
          for (let look = 0; look < looks; look += 1) expect((await limits.look([placeAt(keyId)], tokens))[0]).toEqual(first);
          expect(await outcome(limits, keyId, tokens, ends)).toBe(first === undefined);
        }
      }),
    );
  });

  it('says of which kind the refusal is, and until when', async () => {
    const clock = new VirtualClock(startAt);
    const limits = limitsOf(clock);
    for (let call = 0; call < 3; call += 1) expect(await outcome(limits, 'k1', 1, true)).toBe(true);
    const [ofKey, other] = await limits.look([placeAt('k1'), placeAt('k2')], 1);
    expect(ofKey).toMatchObject({ rule: { owner: 'key', kind: 'requests' }, retryAfterMs: 55_000 });
    expect(other).toBeUndefined();
    expect(await limits.look([{ channelId: 'free', keyId: 'free', values: {} }], 1)).toEqual([undefined]);
  });

  it('goes by the settings where the counters are away', async () => {
    const clock = new VirtualClock(startAt);
    const windows = new VirtualWindows(clock.now);
    windows.isAway = true;
    const shared = { windows, permits: new VirtualPermits().of('a') };
    expect((await limitsOf(clock, shared).look([placeAt('k1')], 1))[0]).toBeInstanceOf(LimitsUnavailableError);
    expect(await limitsOf(clock, shared, 'count-alone').look([placeAt('k1')], 1)).toEqual([undefined]);
  });
});
