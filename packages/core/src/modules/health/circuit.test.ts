import { describe, expect, it } from 'vitest';
import { Circuit, type CircuitFailure } from './circuit.js';

const policy = { openAfterFailures: 3, coolDownMaxMs: 10_000, resetAfterMs: 60_000 };

function circuit() {
  const tally = { shut: 0 };
  return { circuit: new Circuit({ channelId: 'c', kind: 'channel', subject: '' }, tally), tally };
}

function failure(startedAt: number, more: Partial<CircuitFailure> = {}): CircuitFailure {
  return { opensAtOnce: false, coolDownMs: 1_000, reason: 'failures', code: 'upstream_failed', startedAt, ...more };
}

/** Lets it fail until it is open, and returns until when. */
function trip(one: Circuit, now: number): number {
  while (one.state !== 'open') one.fail(failure(now), policy, now);
  return one.record?.until ?? 0;
}

/** The one try of a circuit that has cooled down. */
function probe(one: Circuit, now: number): void {
  if (one.wantsGrant(now)) one.grant(Number.POSITIVE_INFINITY);
  expect(one.mayProbe(now)).toBe(true);
  one.takeProbe(now + 5_000);
}

describe('a circuit', () => {
  it('opens after failures in a row, and answers in between begin the row anew', () => {
    const { circuit: one, tally } = circuit();
    expect([one.fail(failure(0), policy, 0), one.fail(failure(1), policy, 1)]).toEqual([false, false]);
    one.succeed(2, 2);
    expect([3, 4, 5].map((now) => one.fail(failure(now), policy, now))).toEqual([false, false, true]);
    expect(one.blockedAt(6)).toEqual({ reason: 'cooling-down', until: 1_005 });
    expect(tally.shut).toBe(1);
    expect(one.record).toMatchObject({
      state: 'open',
      reason: 'failures',
      since: 5,
      until: 1_005,
      failures: 3,
      lastCode: 'upstream_failed',
    });
  });

  it('opens at once for exactly the stated time, and that does not make the next rest longer', () => {
    const { circuit: one } = circuit();
    one.fail(failure(0, { opensAtOnce: true, statedMs: 77_000, reason: 'rate-limit' }), policy, 100);
    expect(one.blockedAt(77_099)).toEqual({ reason: 'cooling-down', until: 77_100 });
    probe(one, 77_100);
    one.succeed(77_100, 77_200);
    expect(trip(one, 80_000)).toBe(81_000);
  });

  it('lets one call alone find out, and rests twice as long after each failure, up to the longest', () => {
    const { circuit: one } = circuit();
    let now = trip(one, 0);
    const rests: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      expect(one.blockedAt(now)).toEqual({ reason: 'probing' });
      probe(one, now);
      expect(one.mayProbe(now)).toBe(false);
      expect(one.blockedAt(now)).toEqual({ reason: 'probing' });
      expect(one.fail(failure(now), policy, now + 50)).toBe(true);
      const until = one.record?.until ?? 0;
      rests.push(until - now - 50);
      now = until;
    }
    expect(rests).toEqual([2_000, 4_000, 8_000, 10_000, 10_000]);
    expect(one.record?.since).toBe(0);
    probe(one, now);
    expect(one.succeed(now, now + 1)).toBe(true);
    expect([one.state, one.blockedAt(now + 1)]).toEqual(['closed', undefined]);
  });

  it('remembers how often it opened until it has been healthy for long', () => {
    const { circuit: one } = circuit();
    const close = (now: number): void => {
      probe(one, now);
      one.succeed(now, now);
    };
    close(trip(one, 0));
    const again = trip(one, 5_000);
    expect(again).toBe(7_000);
    close(again);
    expect(one.isForgettable(66_999, policy)).toBe(false);
    expect(one.isForgettable(67_000, policy)).toBe(true);
    expect(trip(one, 67_000)).toBe(68_000);
  });

  it('takes no notice of attempts that began before it opened, unless they bring a longer wait', () => {
    const { circuit: one } = circuit();
    const until = trip(one, 0);
    expect(one.fail(failure(0), policy, 500)).toBe(false);
    expect(one.succeed(0, until + 1)).toBe(false);
    expect(one.record).toMatchObject({ until, trips: 1 });
    expect(one.fail(failure(0, { opensAtOnce: true, statedMs: 9_000 }), policy, 600)).toBe(true);
    expect(one.record).toMatchObject({ until: 9_600, trips: 1 });
  });

  it('gives the try to the next call where a probe said nothing, or said nothing in time', () => {
    const { circuit: one } = circuit();
    const until = trip(one, 0);
    probe(one, until);
    one.releaseProbe(0);
    expect(one.mayProbe(until)).toBe(false);
    one.releaseProbe(until);
    expect(one.mayProbe(until)).toBe(true);
    one.takeProbe(until + 5_000);
    expect(one.mayProbe(until + 4_999)).toBe(false);
    expect(one.mayProbe(until + 5_000)).toBe(true);
  });

  it('is disabled for exactly so long, or until somebody enables it', () => {
    const { circuit: one, tally } = circuit();
    one.disable('repeated-failures', 'upstream_failed', 0, 600_000);
    expect(one.blockedAt(599_999)).toEqual({ reason: 'disabled', until: 600_000 });
    expect([one.recover(599_999), one.succeed(1, 2), one.fail(failure(1), policy, 2)]).toEqual([false, false, false]);
    expect(one.blockedAt(600_000)).toBeUndefined();
    expect([one.recover(600_000), one.state, tally.shut]).toEqual([true, 'closed', 0]);
    one.disable('status', 'upstream_401', 700_000);
    expect(one.blockedAt(Number.MAX_SAFE_INTEGER)).toEqual({ reason: 'disabled' });
    one.enable(800_000);
    expect([one.state, tally.shut]).toEqual(['closed', 0]);
  });

  it('becomes as another node has it', () => {
    const { circuit: one, tally } = circuit();
    const name = { channelId: 'c', kind: 'channel', subject: '' } as const;
    one.adopt({ ...name, state: 'open', reason: 'failures', since: 5, until: 4_005, failures: 3, trips: 3 }, 10);
    expect(one.blockedAt(4_004)).toEqual({ reason: 'cooling-down', until: 4_005 });
    probe(one, 4_005);
    one.fail(failure(4_005), policy, 4_005);
    expect(one.record?.until).toBe(4_005 + 8_000);
    one.adopt(undefined, 5_000);
    expect([one.state, tally.shut]).toEqual(['closed', 0]);
  });
});
