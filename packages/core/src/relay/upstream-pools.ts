import type { Dispatcher } from 'undici';
import { type OutgoingWay, outgoingPool } from '../foundation/outgoing-pool.js';
import type { AddressRefusedError } from '../foundation/safe-fetch-errors.js';
import type { Logger } from '../foundation/logger.js';
import type { ChannelOptions } from '../modules/channels/index.js';

/** Few URLs serve all calls, but where they carry the model's name a caller may invent some. */
const placesMax = 1_000;

/** Where a request goes: the connections to its server, and the path there. */
export interface UpstreamPlace {
  readonly pool: Dispatcher;
  readonly origin: string;
  /** With the query. */
  readonly path: string;
}

/** Connections to upstreams, pooled by origin and by how it is reached. */
export class UpstreamPools {
  readonly #pools = new Map<string, Dispatcher>();
  /** What was read from URLs: reading one costs more than a look-up. */
  readonly #places = new Map<string, UpstreamPlace>();
  readonly #refused: (error: AddressRefusedError) => void;

  /** @param refused hears of connections to private networks that were not allowed. */
  constructor(refused: (error: AddressRefusedError) => void) {
    this.#refused = refused;
  }

  /** @param timeoutMs for connections, unless the channel has its own. @throws TypeError if it is no URL. */
  placeOf(url: string, { proxy, allowPrivate, timeouts }: ChannelOptions, timeoutMs: number): UpstreamPlace {
    const connectTimeoutMs = timeouts?.connectMs ?? timeoutMs;
    const wayKey = `${allowPrivate ? 'anywhere' : 'public'} ${connectTimeoutMs} ${proxy ?? ''} `;
    const key = wayKey + url;
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const { origin, pathname, search } = new URL(url);
    const pool = this.#poolFor(wayKey + origin, origin, { connectTimeoutMs, proxy, allowPrivate, refused: this.#refused });
    const place = { pool, origin, path: pathname + search };
    if (this.#places.size >= placesMax) this.#places.clear();
    this.#places.set(key, place);
    return place;
  }

  #poolFor(key: string, origin: string, way: OutgoingWay): Dispatcher {
    let pool = this.#pools.get(key);
    if (pool === undefined) {
      pool = outgoingPool(origin, way);
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

/** Pools that tell operators which channel options to look at. */
export function poolsOf(log: Pick<Logger, 'warn'>): UpstreamPools {
  return new UpstreamPools(({ message }) => log.warn({}, `A channel was refused: ${message} Its option allowPrivate allows it.`));
}
