import { randomBytes } from 'node:crypto';
import { RedisConnection, redisScript } from './redis-connection.js';

const forgetScript = redisScript(`for _, key in ipairs(redis.call('KEYS', ARGV[1] .. '*')) do redis.call('DEL', key) end`);

/** Where tests may use a Redis; undefined where there is none, which the set-up of the tests has said aloud. */
export const testRedisUrl = process.env['REDIS_URL_TEST'];

/** Names of a test's own, and connections to a Redis that others may use, too. */
export class TestRedis {
  readonly prefix = `tollgate-test:${process.pid}:${randomBytes(6).toString('hex')}:`;
  readonly #connections: RedisConnection[] = [];

  async connect(url = testRedisUrl ?? '', onProblem: (problem: Error) => void = () => undefined): Promise<RedisConnection> {
    const connection = new RedisConnection({ url, onProblem });
    this.#connections.push(connection);
    await connection.isReadyWithin(5_000);
    return connection;
  }

  /** Removes its keys, too. */
  async close(): Promise<void> {
    await (await this.connect()).run(forgetScript, [], [this.prefix]);
    for (const connection of this.#connections) connection.close();
  }
}
