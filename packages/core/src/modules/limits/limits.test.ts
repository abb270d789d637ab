import { array, assert, asyncProperty, constant, integer, nat, oneof, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock, VirtualPermits, VirtualWindows } from '../../cluster/counters-test-bench.js';
import { LimitCounters, type SharedCounters } from '../../cluster/limit-counters.js';
import type { Principal } from '../tokens/index.js';
import type { LimitTicket } from './limit-ticket.js';
import { Limits } from './limits.js';
import { LimitReachedError } from './limits-errors.js';
import { limitsSettings } from './limits-settings.js';

const startAt = Date.UTC(2026, 0, 2, 3, 4, 5);
const minuteMs = 60_000;
type Given = Parameters<typeof limitsSettings.schema.parse>[0];

const alice: Principal = {
  tokenId: 'alice-token',
  tokenName: 'dev',
  userId: 'alice',
  group: 'cheap',
  userGroup: 'default',
  tokenEnabled: true,
  userEnabled: true,
};
const bob: Principal = { ...alice, tokenId: 'bob-token', userId: 'bob' };

class Node {
  readonly counters: LimitCounters;
  readonly limits: Limits;
  readonly problems: unknown[] = [];

  constructor(settings: Given, clock: VirtualClock, shared?: SharedCounters) {
    const values = limitsSettings.schema.parse(settings);
    this.counters = new LimitCounters({ shared, now: clock.now, wallNow: clock.now, onProblem: (problem) => this.problems.push(problem) });
    this.limits = new Limits({ settings: () => values, counters: this.counters, clock });
  }

  admit(principal = alice, { clientIp = '192.0.2.1', model = 'm', tokens = 10 } = {}): LimitTicket | undefined | Promise<LimitTicket> {
    return this.limits.admitCall({ principal, clientIp, model, estimateTokens: () => tokens });
  }

  /** The code of the refusal, or `ok`. */
  async outcome(...args: Parameters<Node['admit']>): Promise<string> {
    try {
      await this.admit(...args);
      return 'ok';
    } catch (error) {
      return (error as LimitReachedError).code;
    }
  }

  async admitted(calls: number, ...args: Parameters<Node['admit']>): Promise<number> {
    const outcomes = await Promise.all(Array.from({ length: calls }, () => this.outcome(...args)));
    return outcomes.filter((outcome) => outcome === 'ok').length;
  }
}

function refusalOf(run: () => unknown): LimitReachedError {
  try {
    run();
  } catch (error) {
    if (error instanceof LimitReachedError) return error;
    throw error;
  }
  throw new Error('Nothing was refused.');
}

describe('limits of one node', () => {
  it('cost nothing where there are none', () => {
    const node = new Node({}, new VirtualClock(startAt));
    expect(node.limits.binds(alice)).toBe(false);
    expect(node.admit()).toBeUndefined();
  });

  it('let the number of an address through in each window, and say when the window renews', () => {
    const clock = new VirtualClock(startAt);
    const node = new Node({ requestsPerMinute: 3 }, clock);
    for (let call = 0; call < 3; call += 1) expect(node.admit()).toBeDefined();
    const refusal = refusalOf(() => node.admit(bob));
    expect(refusal).toMatchObject({ code: 'ip_request_limit', status: 429, retryAfterMs: 55_000 });
    expect(refusal.message).toContain('3 requests per minute');
    expect(refusal.message).toContain('2026-01-02T03:05:00.000Z');
    expect(node.admit(alice, { clientIp: '192.0.2.2' })).toBeDefined();
    clock.pass(55_000);
    expect(node.admit()).toBeDefined();
  });

  it('refuse nobody because a window ends while a call is being admitted', () => {
    let now = startAt;
    const values = limitsSettings.schema.parse({ requestsPerMinute: 1_000_000, requestsPerHour: 1_000_000 });
    const ticking = (): number => (now += 3);
    const counters = new LimitCounters({ now: ticking, wallNow: ticking, onProblem: () => undefined });
    const limits = new Limits({ settings: () => values, counters, clock: { now: ticking } });
    const call = { principal: alice, clientIp: '192.0.2.1', model: 'm', estimateTokens: () => 1 };
    const callForMinutes = (): void => {
      for (let calls = 0; calls < 100_000; calls += 1) void limits.admitCall(call);
    };
    expect(callForMinutes).not.toThrow();
    expect(now).toBeGreaterThan(startAt + 3 * minuteMs);
  });

  it('bind with both numbers of the printed example: the 101st request of the hour waits for the hour', () => {
    const clock = new VirtualClock(startAt);
    const node = new Node({ groups: { default: [200, 100], vip: [0, 1000] } }, clock);
    for (let call = 0; call < 100; call += 1) expect(node.admit()).toBeDefined();
    expect(refusalOf(() => node.admit())).toMatchObject({ code: 'user_request_limit', retryAfterMs: (55 * 60 + 55) * 1_000 });
    const vip = { ...bob, userGroup: 'vip' };
    for (let call = 0; call < 1_000; call += 1) expect(node.admit(vip)).toBeDefined();
    expect(refusalOf(() => node.admit(vip)).rule).toMatchObject({ window: 'hour', limit: 1_000 });
    clock.pass((55 * 60 + 55) * 1_000);
    expect(node.admit()).toBeDefined();
  });

  it('bind with the first number in each minute, and with the second in the hour', () => {
    const clock = new VirtualClock(startAt);
    const node = new Node({ groups: { default: [2, 5] } }, clock);
    for (const admitted of [2, 2, 1]) {
      for (let call = 0; call < admitted; call += 1) expect(node.admit()).toBeDefined();
      const window = admitted === 2 ? 'minute' : 'hour';
      expect(refusalOf(() => node.admit()).rule).toMatchObject({ owner: 'user', window, limit: admitted === 2 ? 2 : 5 });
      clock.pass(minuteMs);
    }
  });

  it('name the window that keeps waiting longest', () => {
    const node = new Node({ requestsPerMinute: 2, requestsPerHour: 2, requestsPerDay: 2 }, new VirtualClock(startAt));
    void node.admit();
    void node.admit();
    expect(refusalOf(() => node.admit()).rule.window).toBe('day');
  });

  it('count each user of a group apart, unless the group shares one counter', () => {
    const apart = new Node({ groups: { default: { requestsPerMinute: 1 } } }, new VirtualClock(startAt));
    expect([apart.admit(alice), apart.admit(bob)]).not.toContain(undefined);
    expect(() => apart.admit(alice)).toThrow(LimitReachedError);
    const together = new Node({ groups: { default: { requestsPerMinute: 1, shared: true } } }, new VirtualClock(startAt));
    void together.admit(alice);
    expect(refusalOf(() => together.admit(bob)).code).toBe('group_request_limit');
  });

  it("put a token's own number in the place of that for addresses, window by window, 0 included", () => {
    const clock = new VirtualClock(startAt);
    const node = new Node({ requestsPerMinute: 1, requestsPerHour: 5 }, clock);
    const own = { ...alice, limits: { requestsPerMinute: 2 } };
    void node.admit(own);
    void node.admit(own);
    expect(refusalOf(() => node.admit(own)).code).toBe('key_request_limit');
    const free = { ...bob, limits: { requestsPerMinute: 0 } };
    for (let call = 0; call < 3; call += 1) void node.admit(free);
    expect(refusalOf(() => node.admit(free))).toMatchObject({ code: 'ip_request_limit', rule: { window: 'hour' } });
  });

  it('count nothing where one of several limits refuses', () => {
    const clock = new VirtualClock(startAt);
    const node = new Node({ requestsPerHour: 3, models: { busy: { requestsPerMinute: 1 } } }, clock);
    void node.admit(alice, { model: 'busy' });
    for (let call = 0; call < 5; call += 1) expect(refusalOf(() => node.admit(alice, { model: 'busy' })).code).toBe('model_request_limit');
    expect(node.admit(bob)).toBeDefined();
    expect(node.admit(bob)).toBeDefined();
    expect(refusalOf(() => node.admit(bob)).code).toBe('ip_request_limit');
  });

  it('hold tokens by estimate, and put the real usage in its place', async () => {
    const clock = new VirtualClock(startAt);
    const node = new Node({ groups: { default: { tokensPerMinute: 1_000 } } }, clock);
    const ticket = await node.admit(alice, { tokens: 900 });
    expect(refusalOf(() => node.admit(alice, { tokens: 200 })).code).toBe('user_token_limit');
    ticket?.awaitUsage();
    ticket?.end();
    expect(ticket?.levels.tokens).toMatchObject({ limit: 1_000, remaining: 100 });
    ticket?.settle(100);
    ticket?.settle(100);
    expect(ticket?.levels.tokens?.remaining).toBe(900);
    const second = await node.admit(alice, { tokens: 200 });
    second?.awaitUsage();
    clock.pass(minuteMs);
    second?.settle(1_100);
    expect(ticket?.levels.tokens?.remaining).toBe(100);
    const failed = await node.admit(alice, { tokens: 100 });
    failed?.end();
    expect(failed?.levels.tokens?.remaining).toBe(100);
  });

  it('let a call in that is larger than a whole window, when the window is empty', async () => {
    const node = new Node({ groups: { default: { tokensPerMinute: 1_000 } } }, new VirtualClock(startAt));
    const ticket = await node.admit(alice, { tokens: 5_000 });
    expect(ticket?.levels.tokens?.remaining).toBe(0);
  });

  it('bound the calls at the same time, and free each at its end', async () => {
    const node = new Node({ models: { m: { concurrentCalls: 2 } } }, new VirtualClock(startAt));
    const [first] = [await node.admit(alice), node.admit(bob)];
    expect(refusalOf(() => node.admit())).toMatchObject({ code: 'model_concurrency_limit', retryAfterMs: 1_000 });
    first?.end();
    first?.end();
    expect(node.admit()).toBeDefined();
    expect(() => node.admit()).toThrow(LimitReachedError);
  });

  it('count a whole network of IPv6 as one address, and IPv4 in its clothes as itself', () => {
    const node = new Node({ requestsPerMinute: 1 }, new VirtualClock(startAt));
    void node.admit(alice, { clientIp: '2001:db8::1' });
    expect(() => node.admit(alice, { clientIp: '2001:db8::ffff:2' })).toThrow(LimitReachedError);
    expect(node.admit(alice, { clientIp: '2001:db8:0:1::1' })).toBeDefined();
    void node.admit(alice, { clientIp: '198.51.100.1' });
    expect(() => node.admit(alice, { clientIp: '::ffff:198.51.100.1' })).toThrow(LimitReachedError);
  });

  it('limit requests of unknown callers by their address', () => {
    const node = new Node({ requestsPerMinute: 2 }, new VirtualClock(startAt));
    void node.limits.admitRequest(undefined, '192.0.2.1');
    void node.limits.admitRequest(alice, '192.0.2.1');
    expect(() => node.limits.admitRequest(undefined, '192.0.2.1')).toThrow(LimitReachedError);
  });
});

describe('limits of many nodes', () => {
  const cluster = (settings: Given, count: number) => {
    const clock = new VirtualClock(startAt);
    const windows = new VirtualWindows(clock.now);
    const permits = new VirtualPermits();
    // Every node has a clock that is wrong in its own way; they run at the same pace.
    const skews = [0, 300_000, -300_000, 12_345, -777];
    const nodes = Array.from({ length: count }, (_, index) => {
      const skewed = { now: () => clock.now() + (skews[index % skews.length] ?? 0) } as VirtualClock;
      return new Node(settings, skewed, { windows, permits: permits.of(String(index)) });
    });
    return { clock, windows, permits, nodes };
  };

  it('take what a call used after the end of its window from the next one, though nobody called in between', async () => {
    const { nodes, clock } = cluster({ groups: { default: { tokensPerMinute: 1_000 } } }, 1);
    const [node] = nodes as [Node];
    const ticket = await node.admit(alice, { tokens: 400 });
    ticket?.awaitUsage();
    ticket?.end();
    clock.pass(minuteMs);
    await node.counters.tick();
    ticket?.settle(1_400);
    clock.pass(1_000);
    await node.counters.tick();
    expect(await node.outcome(alice, { tokens: 10 })).toBe('user_token_limit');
    clock.pass(2 * minuteMs);
    await node.counters.tick();
    expect(await node.outcome(alice, { tokens: 10 })).toBe('ok');
  });

  it.each([1, 3, 5])('let exactly the number through on %i nodes under one storm', async (count) => {
    const { nodes, clock } = cluster({ requestsPerMinute: 100 }, count);
    const admitted = await Promise.all(nodes.map((node) => node.admitted(150)));
    expect(admitted.reduce((sum, one) => sum + one, 0)).toBe(100);
    clock.pass(minuteMs);
    expect(await nodes[0]?.admitted(150)).toBe(100);
  });

  it('let the whole number through where all traffic goes to one of them', async () => {
    const { nodes } = cluster({ requestsPerMinute: 100 }, 3);
    let admitted = 0;
    for (let call = 0; call < 120; call += 1) admitted += (await nodes[1]?.outcome()) === 'ok' ? 1 : 0;
    expect(admitted).toBe(100);
  });

  it('need few round trips while there is much left', async () => {
    const { nodes, windows } = cluster({ requestsPerMinute: 10_000 }, 3);
    for (let call = 0; call < 3_000; call += 1) await nodes[call % 3]?.admit();
    expect(windows.asked).toBeLessThan(300);
    const answer = nodes[0]?.admit();
    expect(answer).toBeDefined();
    expect(answer).not.toBeInstanceOf(Promise);
  });

  it('give back what one of them does not use', async () => {
    const { nodes, clock } = cluster({ requestsPerMinute: 100 }, 2);
    await nodes[0]?.admitted(20);
    for (let second = 0; second < 3; second += 1) {
      clock.pass(1_000);
      await nodes[0]?.counters.tick();
    }
    expect(await nodes[1]?.admitted(100)).toBe(80);
  });

  it('share the calls at the same time, and lose none with a node that dies', async () => {
    const { nodes, clock, permits } = cluster({ models: { m: { concurrentCalls: 10 } } }, 2);
    const [first, second] = nodes as [Node, Node];
    expect(await first.admitted(7)).toBe(7);
    expect(await second.admitted(7)).toBe(3);
    permits.die('0');
    clock.pass(1_000);
    expect(await second.admitted(20)).toBe(7);
  });

  it('pass permits on that one of them has come to need no more', async () => {
    const { nodes, clock } = cluster({ models: { m: { concurrentCalls: 4 } } }, 2);
    const [first, second] = nodes as [Node, Node];
    const tickets = await Promise.all([first.admit(), first.admit(), first.admit(), first.admit()]);
    expect(await second.outcome()).toBe('model_concurrency_limit');
    for (const ticket of tickets) ticket?.end();
    clock.pass(1_000);
    await first.counters.tick();
    expect(await second.admitted(5)).toBe(4);
  });

  it('refuse what is not leased while the counters are away, and go on when they are back', async () => {
    const { nodes, windows, clock } = cluster({ requestsPerMinute: 1_000 }, 1);
    const [node] = nodes as [Node];
    for (let call = 0; call < 20; call += 1) await node.admit();
    windows.isAway = true;
    const outcomes: string[] = [];
    for (let call = 0; call < 500; call += 1) outcomes.push(await node.outcome());
    expect(new Set(outcomes)).toEqual(new Set(['ok', 'limits_unavailable']));
    expect(outcomes.lastIndexOf('ok')).toBeLessThan(outcomes.indexOf('limits_unavailable'));
    windows.isAway = false;
    clock.pass(1_000);
    expect(await node.outcome()).toBe('ok');
  });

  it('count alone while the counters are away, where the operator prefers that', async () => {
    const { nodes, windows, clock } = cluster({ requestsPerMinute: 100, whenCountersAreAway: 'count-alone' }, 2);
    const [first, second] = nodes as [Node, Node];
    expect(await first.admitted(60)).toBe(60);
    windows.isAway = true;
    expect(await first.admitted(100)).toBe(40);
    expect(await second.admitted(150)).toBe(100);
    clock.pass(minuteMs);
    windows.isAway = false;
    expect((await first.admitted(100)) + (await second.admitted(100))).toBe(100);
  });

  it('tell the others what they have let through alone, as soon as they are back', async () => {
    const { nodes, windows, clock } = cluster({ requestsPerMinute: 100, whenCountersAreAway: 'count-alone' }, 2);
    const [first, second] = nodes as [Node, Node];
    expect(await first.admitted(10)).toBe(10);
    windows.isAway = true;
    // What the first had leased is part of what it admits; the second has never heard of this window.
    expect([await first.admitted(30), await second.admitted(20)]).toEqual([30, 20]);
    windows.isAway = false;
    for (let turn = 0; turn < 3; turn += 1) {
      clock.pass(1_000);
      for (const node of nodes) await node.counters.tick();
    }
    expect(await second.admitted(100)).toBe(40);
    expect(await first.admitted(100)).toBe(0);
  });

  it('count requests on while the counters of calls at the same time are away', async () => {
    const { nodes, permits } = cluster({ requestsPerMinute: 2, models: { m: { concurrentCalls: 9 } } }, 1);
    const [node] = nodes as [Node];
    permits.isAway = true;
    expect(await node.outcome()).toBe('limits_unavailable');
    const request = async (): Promise<unknown> => node.limits.admitRequest(undefined, '192.0.2.1');
    await request();
    await request();
    await expect(request()).rejects.toThrow(LimitReachedError);
  });

  it('admit no more than once more the number in a window in which the counters forgot everything', async () => {
    const { nodes, windows, clock } = cluster({ requestsPerMinute: 100 }, 3);
    let admitted = 0;
    for (const node of nodes) admitted += await node.admitted(150);
    windows.flush();
    clock.pass(1_000);
    for (const node of nodes) admitted += await node.admitted(150);
    expect(admitted).toBe(200);
    clock.pass(minuteMs);
    for (const node of nodes) admitted += await node.admitted(150);
    expect(admitted).toBe(300);
  });

  it('never admit more than the limit in any window, whatever happens on whichever node', async () => {
    const step = oneof(
      record({ does: constant('call' as const), node: nat(2), times: integer({ min: 1, max: 40 }) }),
      record({ does: constant('storm' as const), node: nat(2), times: integer({ min: 1, max: 40 }) }),
      record({ does: constant('tick' as const), node: nat(2), times: constant(1) }),
      record({ does: constant('pass' as const), node: nat(2), times: integer({ min: 1, max: 40_000 }) }),
    );
    await assert(
      asyncProperty(integer({ min: 1, max: 60 }), array(step, { maxLength: 40 }), async (limit, steps) => {
        const { nodes, clock } = cluster({ requestsPerMinute: limit }, 3);
        const admitted = new Map<number, number>();
        const waiting: Promise<unknown>[] = [];
        const call = async (node: Node): Promise<void> => {
          if ((await node.outcome()) !== 'ok') return;
          const window = Math.floor(clock.now() / minuteMs);
          admitted.set(window, (admitted.get(window) ?? 0) + 1);
        };
        for (const { does, node: index, times } of steps) {
          const node = nodes[index] as Node;
          if (does === 'call') for (let time = 0; time < times; time += 1) await call(node);
          else if (does === 'storm') waiting.push(...Array.from({ length: times }, () => call(node)));
          else if (does === 'tick') await node.counters.tick();
          else {
            await Promise.all(waiting.splice(0));
            clock.pass(times);
          }
        }
        await Promise.all(waiting);
        for (const count of admitted.values()) expect(count).toBeLessThanOrEqual(limit);
      }),
      { numRuns: 200 },
    );
  });
});
