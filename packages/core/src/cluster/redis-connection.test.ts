import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../foundation/logger.js';
import { RedisConnection, redisScript, RedisUnavailableError } from './redis-connection.js';
import { TestRedis, testRedisUrl } from './test-redis.js';

const password = 'hunter2-&%';

/** As a log would show it, and everything else that is in the error. */
function everythingIn(problem: Error): string {
  const lines: string[] = [];
  createLogger('info', { write: (line) => void lines.push(line) }).warn({ err: problem }, problem.message);
  const own = Object.getOwnPropertyNames(problem).map((name) => JSON.stringify((problem as unknown as Record<string, unknown>)[name]));
  return [...lines, ...own].join('\n');
}

async function firstProblem(url: string): Promise<Error> {
  let connection: RedisConnection | undefined;
  try {
    return await new Promise<Error>((resolve) => {
      connection = new RedisConnection({ url, onProblem: resolve });
    });
  } finally {
    connection?.close();
  }
}

describe('a connection to a Redis that is not there', () => {
  it('fails at once, tells its problem once, and shows no password', async () => {
    const problems: Error[] = [];
    const url = `redis://someone:${encodeURIComponent(password)}@127.0.0.1:1/0`;
    const connection = new RedisConnection({ url, onProblem: (problem) => problems.push(problem) });
    expect(await connection.isReadyWithin(300)).toBe(false);
    await expect(connection.publish('c', 'm')).rejects.toThrow(RedisUnavailableError);
    await expect(connection.run(redisScript('return 1'), [], [])).rejects.toThrow(RedisUnavailableError);
    expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining('ECONNREFUSED')]);
    expect(everythingIn(problems[0] as Error)).not.toContain('hunter2');
    connection.close();
  });
});

describe.skipIf(testRedisUrl === undefined)('a connection to Redis', () => {
  let redis: TestRedis;

  beforeEach(() => {
    redis = new TestRedis();
  });
  afterEach(() => redis.close());

  it('runs scripts that the server has not seen, and says what is wrong with one without what it was given', async () => {
    const connection = await redis.connect();
    const script = redisScript(`return { KEYS[1], ARGV[1], '${redis.prefix}' }`);
    expect(await connection.run(script, ['key'], [5])).toEqual(['key', '5', redis.prefix]);
    expect(await connection.run(script, ['key'], [6])).toEqual(['key', '6', redis.prefix]);
    const wrong: unknown = await connection
      .run(redisScript(`return redis.call('NONSENSE', ARGV[1])`), [], ['hunter2'])
      .catch((e: unknown) => e);
    expect(wrong).toBeInstanceOf(RedisUnavailableError);
    expect(everythingIn(wrong as Error)).not.toContain('hunter2');
  });

  it('shows no password that is refused', async () => {
    const url = new URL(testRedisUrl ?? '');
    url.username = 'nobody';
    url.password = encodeURIComponent(password);
    const problem = await firstProblem(url.href);
    expect(problem.message).toContain('WRONGPASS');
    expect(everythingIn(problem)).not.toContain('hunter2');
  });

  it('brings what one of them publishes to all that listen', async () => {
    const heard: string[] = [];
    const listening = [1, 2].map(async (name) => {
      const listener = await redis.connect();
      await new Promise<void>((resolve) => listener.listen(`${redis.prefix}c`, (message) => heard.push(`${name} ${message}`), resolve));
    });
    await Promise.all(listening);
    const sender = await redis.connect();
    await sender.publish(`${redis.prefix}another`, 'not this');
    await sender.publish(`${redis.prefix}c`, 'this');
    while (heard.length < 2) await wait(5);
    expect(heard.toSorted()).toEqual(['1 this', '2 this']);
  });
});
