import { Pool } from 'undici';

/** Idle upstream connections are closed soon: each client that hangs up leaves one behind. */
const keepAliveTimeoutMs = 4_000;

/** Few URLs serve all calls, but where they carry the model's name a caller may invent some. */
const placesMax = 1_000;

/** Where a request goes: the connections to its server, and the path there. */
export interface UpstreamPlace {
  readonly pool: Pool;
  /** With the query. */
  readonly path: string;
}

/** Connections to upstreams, pooled by origin. As many as there are calls at once; one call each. */
export class UpstreamPools {
  readonly #pools = new Map<string, Pool>();
  /** What was read from URLs: reading one costs more than a look-up. */
  readonly #places = new Map<string, UpstreamPlace>();

  /** @throws TypeError if it is no URL. */
  placeOf(url: string, connectTimeoutMs: number): UpstreamPlace {
    const key = `${connectTimeoutMs} ${url}`;
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const { origin, pathname, search } = new URL(url);
    const place = { pool: this.#poolFor(origin, connectTimeoutMs), path: pathname + search };
    if (this.#places.size >= placesMax) this.#places.clear();
    this.#places.set(key, place);
    return place;
  }

  #poolFor(origin: string, connectTimeoutMs: number): Pool {
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
    this.#places.clear();
    await Promise.all(pools.map((pool) => pool.destroy()));
  }
}
