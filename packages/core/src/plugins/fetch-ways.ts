import { SafeFetch } from '../foundation/safe-fetch.js';

/** How a channel reaches its upstream, as far as a plugin's own requests for it go the same way. */
export interface FetchWay {
  readonly allowPrivate: boolean;
  readonly proxy?: string | undefined;
}

/** Ways are those of channels, which operators change now and then: more of them than this are no longer in use. */
const waysMax = 100;

/** Connections for the requests of plugins, apart for each way. */
export class FetchWays {
  readonly #fetches = new Map<string, SafeFetch>();

  fetchBy({ allowPrivate, proxy }: FetchWay): SafeFetch {
    const key = `${allowPrivate ? 'anywhere' : 'public'} ${proxy ?? ''}`;
    const known = this.#fetches.get(key);
    if (known !== undefined) return known;
    if (this.#fetches.size >= waysMax) this.#fetches.clear();
    const fetch = new SafeFetch({ allowPrivate, proxy });
    this.#fetches.set(key, fetch);
    return fetch;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#fetches.values()].map((fetch) => fetch.close()));
  }
}
