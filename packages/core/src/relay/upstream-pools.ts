import { Pool } from 'undici';

/** Idle upstream connections are closed soon: each client that hangs up leaves one behind. */
const keepAliveTimeoutMs = 4_000;

/** Connections to upstreams, pooled by origin. As many as there are calls at once; one call each. */
export class UpstreamPools {
  readonly #pools = new Map<string, Pool>();

  poolFor(origin: string, connectTimeoutMs: number): Pool {
    const key = `${origin} ${connectTimeoutMs}`;
    let pool = this.#pools.get(key);
    if (pool === undefined) {
      pool = new Pool(origin, {
        connections: null,
        pipelining: 1,
        keepAliveTimeout: keepAliveTimeoutMs,
        connect: { timeout: connectTimeoutMs },
      });
      this.#pools.set(key, pool);
    }
    return pool;
  }

  async close(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map((pool) => pool.destroy()));
  }
}
