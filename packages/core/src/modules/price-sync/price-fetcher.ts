import type { WireRequest } from '@tollgate/plugin-kit';
import { SafeFetch } from '../../foundation/safe-fetch.js';
import type { Channel } from '../channels/index.js';
import type { PriceSourceSetting } from './price-sync-settings.js';
import type { QuotedPrices } from './price-quote.js';
import { UnreadablePricesError } from './price-sync-errors.js';
import { readPriceList, readPublished } from './read-price-list.js';

const bytesMax = 8 * 1024 * 1024;
const timeoutMs = 15_000;

/** Where gateways publish prices, the most telling first. */
const pricePaths = ['/api/prices', '/api/pricing', '/api/ratio_config'];

/** Asks others for their prices, bounded in time and size, and never a private address unless its channel or source may be there. */
export class PriceFetcher {
  readonly #public = new SafeFetch({ responseBytesMax: bytesMax });
  readonly #anywhere = new SafeFetch({ responseBytesMax: bytesMax, allowPrivate: true });
  #isClosed = false;

  /** True once the gateway stops: what failed then says nothing of its source. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** @throws UnreadablePricesError, AddressRefusedError, ResponseTooLargeError, TooManyRedirectsError, or the network's own error */
  async ofSource({ url, allowPrivate }: PriceSourceSetting, signal: AbortSignal): Promise<QuotedPrices> {
    if (new URL(url).pathname !== '/') return readPriceList(await json(get(url), this.#reaching(allowPrivate), signal));
    let failure: unknown;
    for (const path of pricePaths) {
      try {
        return readPriceList(await json(get(new URL(path, url).href), this.#reaching(allowPrivate), signal));
      } catch (error) {
        if (!(error instanceof UnreadablePricesError)) throw error;
        failure ??= error;
      }
    }
    throw failure;
  }

  /** Undefined if the channel's place has no list of models that the adapter can ask for. Names are those at the upstream. @throws as {@link ofSource} */
  async ofChannel({ adapter, config, options }: Channel, signal: AbortSignal): Promise<QuotedPrices | undefined> {
    const { models } = adapter;
    if (models === undefined) return undefined;
    const body = await this.#askedBy(options, (fetch) => json(models.request(config), fetch, signal));
    return readPublished(models.read(body));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([this.#public.close(), this.#anywhere.close()]);
  }

  /** Goes out as the channel's calls do. Connections through a proxy are not kept: prices are asked for now and then. */
  async #askedBy({ allowPrivate, proxy }: Channel['options'], ask: (fetch: SafeFetch) => Promise<unknown>): Promise<unknown> {
    if (proxy === undefined) return ask(this.#reaching(allowPrivate));
    const proxied = new SafeFetch({ responseBytesMax: bytesMax, allowPrivate, proxy });
    try {
      return await ask(proxied);
    } finally {
      await proxied.close();
    }
  }

  #reaching(allowPrivate: boolean): SafeFetch {
    return allowPrivate ? this.#anywhere : this.#public;
  }
}

async function json(request: WireRequest, fetch: SafeFetch, signal: AbortSignal): Promise<unknown> {
  const response = await fetch.fetch(request, { timeoutMs, signal });
  if (response.status !== 200) throw new UnreadablePricesError(`${hostOf(request.url)} answered ${response.status}.`);
  try {
    return await response.json();
  } catch (error) {
    throw new UnreadablePricesError(`${hostOf(request.url)} answered no JSON.`, { cause: error });
  }
}

function get(url: string): WireRequest {
  return { method: 'GET', url, headers: { accept: 'application/json' } };
}

function hostOf(url: string): string {
  return new URL(url).host;
}
