import { type RedisConnection, redisScript } from './redis-connection.js';
import { type SharedWindows, stockDivisor, type WindowAsk, type WindowGrant, type WindowReturn } from './shared-counters.js';

/** For so long Redis remembers a window that is over: a clock that was set back finds it. */
const afterglowMs = 60_000;

/**
 * The same rule as `grantOf`, in Lua, for any number of keys in one step. Each key is a hash of the window that is present by the clock of Redis.
 * Numbers are written out in full: Lua would shorten large ones.
 */
const takeScript = redisScript(`
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local grants = {}
for index, key in ipairs(KEYS) do
  local windowMs, limit, wanted, stock = unpack(ARGV, index * 4 - 3, index * 4)
  windowMs, limit, wanted, stock = tonumber(windowMs), tonumber(limit), tonumber(wanted), tonumber(stock)
  local startedAt, taken = now - now % windowMs, 0
  local known = redis.call('HMGET', key, 'startedAt', 'taken')
  if known[1] and tonumber(known[1]) >= startedAt then
    startedAt, taken = tonumber(known[1]), tonumber(known[2])
  end
  local left = math.max(0, limit - taken)
  local spare = math.floor(math.max(0, left - wanted) / ${stockDivisor})
  local granted = math.min(left, wanted + math.min(stock, spare))
  taken = taken + granted
  redis.call('HSET', key, 'startedAt', string.format('%.0f', startedAt), 'taken', string.format('%.0f', taken))
  redis.call('PEXPIREAT', key, string.format('%.0f', startedAt + windowMs + ${afterglowMs}))
  grants[index] = { granted, math.max(0, limit - taken), startedAt, startedAt + windowMs - now }
end
return grants`);

const returnScript = redisScript(`
for index, key in ipairs(KEYS) do
  local startedAt, units = tonumber(ARGV[index * 2 - 1]), tonumber(ARGV[index * 2])
  local known = redis.call('HMGET', key, 'startedAt', 'taken')
  if known[1] and tonumber(known[1]) == startedAt then
    redis.call('HSET', key, 'taken', string.format('%.0f', math.max(0, tonumber(known[2]) - units)))
  end
end`);

/**
 * Windows shared in Redis, by its clock; one script for each take. What Redis forgets (it may be restarted without a memory) begins anew: then a
 * window admits at most once more its number. One server, or one with replicas; keys are not made for Redis Cluster.
 */
export class RedisWindows implements SharedWindows {
  readonly #connection: RedisConnection;
  readonly #prefix: string;

  /** @param prefix Begins every key: gateways of different databases may share a Redis. */
  constructor(connection: RedisConnection, prefix: string) {
    this.#connection = connection;
    this.#prefix = prefix;
  }

  async take(asks: readonly WindowAsk[]): Promise<readonly WindowGrant[]> {
    const values = asks.flatMap(({ windowMs, limit, wanted, stock }) => [windowMs, limit, wanted, stock]);
    const grants = await this.#connection.run(takeScript, this.#keys(asks), values);
    return (grants as readonly (readonly [number, number, number, number])[]).map(([granted, left, startedAt, endsInMs]) => ({
      granted,
      left,
      startedAt,
      endsInMs,
    }));
  }

  async giveBack(returns: readonly WindowReturn[]): Promise<void> {
    const values = returns.flatMap(({ startedAt, units }) => [startedAt, units]);
    await this.#connection.run(returnScript, this.#keys(returns), values);
  }

  #keys(owners: readonly { readonly key: string }[]): readonly string[] {
    return owners.map(({ key }) => `${this.#prefix}window:${key}`);
  }
}
