import { randomInt } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { redisScript } from './redis-connection.js';
import { RedisWindows } from './redis-windows.js';
import { grantOf } from './shared-counters.js';
import { TestRedis, testRedisUrl } from './test-redis.js';

const dayMs = 86_400_000;
/** Changes the window that Redis remembers: time passes no faster for a test. */
const ageScript = redisScript(`return redis.call('HINCRBY', KEYS[1], 'startedAt', ARGV[1])`);
const expiryScript = redisScript(`return redis.call('PTTL', KEYS[1])`);

describe.skipIf(testRedisUrl === undefined)('windows in Redis', () => {
  let redis: TestRedis;
  let nodes: RedisWindows[];

  beforeEach(async () => {
    redis = new TestRedis();
    const connections = await Promise.all([redis.connect(), redis.connect(), redis.connect()]);
    nodes = connections.map((connection) => new RedisWindows(connection, redis.prefix));
  });
  afterEach(() => redis.close());

  const first = (): RedisWindows => nodes[0] as RedisWindows;
  const age = async (key: string, timeMs: number) => (await redis.connect()).run(ageScript, [`${redis.prefix}window:${key}`], [-timeMs]);

  it('grant by the rule that the simulated ones grant by', async () => {
    let taken = 0;
    const asks = Array.from({ length: 60 }, () => ({ wanted: randomInt(0, 30), stock: randomInt(0, 60), limit: randomInt(50, 1_000) }));
    for (const { wanted, stock, limit } of asks) {
      const [grant] = await first().take([{ key: 'k', windowMs: dayMs, limit, wanted, stock }]);
      const expected = grantOf(limit, taken, { wanted, stock });
      taken += expected;
      expect(grant, JSON.stringify({ wanted, stock, limit, taken })).toMatchObject({ granted: expected, left: Math.max(0, limit - taken) });
      expect(grant?.startedAt).toBe(Math.floor(Date.now() / dayMs) * dayMs);
      expect(grant?.endsInMs).toBeGreaterThan(0);
    }
    expect(taken).toBeGreaterThan(0);
  });

  it('count large numbers exactly', async () => {
    const limit = 4_000_000_000_000_000;
    const ask = { key: 'k', windowMs: dayMs, limit, wanted: 1_234_567_890_123_457, stock: 0 };
    await first().take([ask]);
    expect((await first().take([ask]))[0]).toMatchObject({ granted: ask.wanted, left: limit - 2 * ask.wanted });
  });

  it('never grant more than the limit to many at once, and take back what is not needed', async () => {
    const asks = Array.from({ length: 60 }, (_, index) => ({ key: `k${index % 2}`, windowMs: dayMs, limit: 100, wanted: 3, stock: 5 }));
    const take = (ask: (typeof asks)[number], index: number) =>
      nodes[index % 3]?.take([ask, { ...ask, key: 'both' }]) ?? Promise.resolve([]);
    const grants = (await Promise.all(asks.map(take))).flat();
    expect(grants.reduce((sum, { granted }) => sum + granted, 0)).toBe(300);
    const [startedAt = 0] = grants.map((grant) => grant.startedAt);
    await nodes[1]?.giveBack([
      { key: 'k0', startedAt, units: 7 },
      { key: 'k1', startedAt: startedAt - dayMs, units: 7 },
    ]);
    const ask = { windowMs: dayMs, limit: 100, wanted: 50, stock: 0 };
    const again = await nodes[2]?.take([
      { ...ask, key: 'k0' },
      { ...ask, key: 'k1' },
    ]);
    expect(again?.map(({ granted }) => granted)).toEqual([7, 0]);
  });

  it('begin every window anew, but not for a clock that was set back', async () => {
    const ask = { key: 'k', windowMs: dayMs, limit: 5, wanted: 5, stock: 0 };
    await first().take([ask]);
    await age('k', dayMs);
    expect((await first().take([ask]))[0]).toMatchObject({ granted: 5, left: 0 });
    await age('k', -dayMs);
    const [grant] = await first().take([ask]);
    expect(grant).toMatchObject({ granted: 0, left: 0 });
    expect(grant?.endsInMs).toBeGreaterThan(dayMs);
  });

  it('leave nothing behind: Redis forgets them when they are over', async () => {
    await first().take([{ key: 'k', windowMs: 60_000, limit: 5, wanted: 1, stock: 0 }]);
    const timeLeftMs = Number(await (await redis.connect()).run(expiryScript, [`${redis.prefix}window:k`], []));
    expect(timeLeftMs).toBeGreaterThan(60_000);
    expect(timeLeftMs).toBeLessThanOrEqual(120_000);
  });

  it('are apart for gateways of different databases', async () => {
    const stranger = new RedisWindows(await redis.connect(), `${redis.prefix}other:`);
    const ask = { key: 'k', windowMs: 60_000, limit: 5, wanted: 5, stock: 0 };
    expect((await first().take([ask]))[0]?.granted).toBe(5);
    expect((await stranger.take([ask]))[0]?.granted).toBe(5);
  });
});
