import type { WireRequest } from '@tollgate/plugin-kit';
import { Agent, request as sendRequest } from 'undici';
import type { Dispatcher } from 'undici';
import { outgoingPool } from './outgoing-pool.js';
import { AddressRefusedError, ResponseTooLargeError, TooManyRedirectsError } from './safe-fetch-errors.js';

export interface SafeFetchOptions {
  /** Lets requests go to loopback and private networks, where the operator and not a caller chooses the address. */
  readonly allowPrivate?: boolean;
  /** Address of a proxy through which all requests go. */
  readonly proxy?: string | undefined;
  readonly responseBytesMax?: number;
  readonly redirectsMax?: number;
}

/** Bytes that several responses may have together: counted down while they are read. */
export interface ByteBudget {
  bytesLeft: number;
}

export interface SafeFetchLimits {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Takes the place of `responseBytesMax`. */
  readonly budget?: ByteBudget;
}

/** A response, read to its end. */
export interface SafeResponse {
  readonly status: number;
  /** Names in lower case; values of a repeated header joined by a comma. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
  text(): Promise<string>;
  /** @throws SyntaxError */
  json(): Promise<unknown>;
}

const defaults = { timeoutMs: 30_000, connectTimeoutMs: 10_000, responseBytesMax: 10 * 1024 * 1024, redirectsMax: 5 };

/** All that follows a redirect to another origin: any other header may be a credential under a name of its own. */
const harmlessHeaders: ReadonlySet<string> = new Set(['accept', 'accept-language', 'content-type', 'user-agent']);

/**
 * The one way for requests whose address somebody else has named (plugins, webhooks, pictures): http and https only, bounded in time, size
 * and redirects, and each address checked when the socket is opened.
 */
export class SafeFetch {
  readonly #agent: Agent;
  readonly #responseBytesMax: number;
  readonly #redirectsMax: number;

  constructor(options: SafeFetchOptions = {}) {
    this.#responseBytesMax = options.responseBytesMax ?? defaults.responseBytesMax;
    this.#redirectsMax = options.redirectsMax ?? defaults.redirectsMax;
    const way = { allowPrivate: options.allowPrivate ?? false, proxy: options.proxy, connectTimeoutMs: defaults.connectTimeoutMs };
    this.#agent = new Agent({ factory: (origin) => outgoingPool(String(origin), way) });
  }

  /** @throws AddressRefusedError, ResponseTooLargeError, TooManyRedirectsError, or the network's own error */
  async fetch(request: WireRequest, limits: SafeFetchLimits = {}): Promise<SafeResponse> {
    const timeout = AbortSignal.timeout(limits.timeoutMs ?? defaults.timeoutMs);
    const signal = limits.signal === undefined ? timeout : AbortSignal.any([timeout, limits.signal]);
    let next = request;
    for (let redirects = 0; redirects <= this.#redirectsMax; redirects += 1) {
      const response = await this.#send(next, signal);
      const target = redirectTarget(next.url, response);
      if (target === undefined) return read(response, limits.budget ?? { bytesLeft: this.#responseBytesMax });
      response.body.on('error', () => undefined).destroy();
      next = redirected(next, target, response.statusCode);
    }
    throw new TooManyRedirectsError(`${new URL(request.url).host} redirected more than ${this.#redirectsMax} times.`);
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #send(request: WireRequest, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    checkScheme(request.url);
    const { method, headers, body } = request;
    return sendRequest(request.url, { method, headers: { ...headers }, body: body ?? null, signal, dispatcher: this.#agent });
  }
}

function checkScheme(address: string): void {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined) throw new AddressRefusedError('The address is not a URL.');
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new AddressRefusedError(`${url.protocol}// addresses are not called: use http or https.`);
}

/** @throws ResponseTooLargeError */
async function read(response: Dispatcher.ResponseData, budget: ByteBudget): Promise<SafeResponse> {
  const chunks: Buffer[] = [];
  const bytesMax = budget.bytesLeft;
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    budget.bytesLeft -= chunk.length;
    if (budget.bytesLeft < 0) throw new ResponseTooLargeError(`The response is larger than ${bytesMax} bytes.`);
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  return {
    status: response.statusCode,
    headers: headerMap(response.headers),
    body,
    text: async () => body.toString('utf8'),
    json: async () => JSON.parse(body.toString('utf8')) as unknown,
  };
}

function redirectTarget(from: string, response: Dispatcher.ResponseData): string | undefined {
  const { location } = response.headers;
  if (![301, 302, 303, 307, 308].includes(response.statusCode) || typeof location !== 'string') return undefined;
  return URL.canParse(location, from) ? new URL(location, from).href : undefined;
}

function redirected(request: WireRequest, url: string, status: number): WireRequest {
  const sameOrigin = new URL(request.url).origin === new URL(url).origin;
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => sameOrigin || harmlessHeaders.has(name.toLowerCase())),
  );
  const keepsMethod = status === 307 || status === 308 || request.method === 'GET';
  return keepsMethod ? { ...request, url, headers } : { method: 'GET', url, headers };
}

function headerMap(headers: Dispatcher.ResponseData['headers']): ReadonlyMap<string, string> {
  const entries = Object.entries(headers).filter((entry): entry is [string, string | string[]] => entry[1] !== undefined);
  return new Map(entries.map(([name, value]) => [name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]));
}
