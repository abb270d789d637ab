import { type Dispatcher, Pool, ProxyAgent } from 'undici';

/** Idle upstream connections are closed soon: each client that hangs up leaves one behind. */
const keepAliveTimeoutMs = 4_000;

/** Few URLs serve all calls, but where they carry the model's name a caller may invent some. */
const placesMax = 1_000;

/** Where a request goes: the connections to its server, and the path there. */
export interface UpstreamPlace {
  readonly pool: Dispatcher;
  readonly origin: string;
  /** With the query. */
  readonly path: string;
}

/** Connections to upstreams, pooled by origin and proxy. As many as there are calls at once; one call each. */
export class UpstreamPools {
  readonly #pools = new Map<string, Dispatcher>();
  /** What was read from URLs: reading one costs more than a look-up. */
  readonly #places = new Map<string, UpstreamPlace>();

  /** @throws TypeError if it is no URL. */
  placeOf(url: string, connectTimeoutMs: number, proxy?: string): UpstreamPlace {
    const key = `${connectTimeoutMs} ${proxy === undefined ? url : `${proxy} ${url}`}`;
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const { origin, pathname, search } = new URL(url);
    const place = { pool: this.#poolFor(origin, connectTimeoutMs, proxy), origin, path: pathname + search };
    if (this.#places.size >= placesMax) this.#places.clear();
    this.#places.set(key, place);
    return place;
  }

  #poolFor(origin: string, connectTimeoutMs: number, proxy: string | undefined): Dispatcher {
    const key = `${proxy ?? origin} ${connectTimeoutMs}`;
    let pool = this.#pools.get(key);
    if (pool === undefined) {
      pool = proxy === undefined ? new Pool(origin, optionsOf(connectTimeoutMs)) : proxyAgent(proxy, connectTimeoutMs);
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

function optionsOf(connectTimeoutMs: number): Pool.Options {
  return { connections: null, pipelining: 1, keepAliveTimeout: keepAliveTimeoutMs, connect: { timeout: connectTimeoutMs } };
}

/** A name and password in the address are the proxy's credentials (RFC 9110 §11.7.1). */
function proxyAgent(address: string, connectTimeoutMs: number): ProxyAgent {
  const url = new URL(address);
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = '';
  url.password = '';
  return new ProxyAgent({
    uri: url.href,
    ...(credentials === ':' ? {} : { token: `Basic ${Buffer.from(credentials).toString('base64')}` }),
    ...optionsOf(connectTimeoutMs),
    proxyTls: { timeout: connectTimeoutMs },
    requestTls: { timeout: connectTimeoutMs },
  });
}
