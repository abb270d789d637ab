import type { z } from 'zod';
import type { BalanceQuestion } from './balance.js';
import type { Vendor } from './canonical.js';
import type { ClientHeaders, Dialect, UpstreamFraming } from './dialect.js';
import type { PriceList, PublishedPrice } from './price.js';
import type { TokenFamily } from './token-family.js';
import type { Verdict } from './verdict.js';

/** A request that an adapter describes and the kernel sends. */
export interface WireRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

/** Facts of one attempt, as an adapter sees them. */
export interface ProviderCall<Config> {
  /** The channel's configuration, validated by the adapter's schema, secrets in clear. */
  readonly config: Config;
  /** Name of the model at the upstream; empty where something is asked for that has none. */
  readonly model: string;
  readonly stream: boolean;
  /** The client's framing where the dialects match and bytes pass: some vendors choose it by a query parameter. */
  readonly framing: UpstreamFraming;
  readonly dialect: Dialect;
  /** Headers of the client's request that its dialect lets pass; empty in the translate lane. */
  readonly clientHeaders: ClientHeaders;
}

/** An answer that is not a success, as the adapter gets it to judge. */
export interface UpstreamFailure {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** The body, cut at 64 KiB. */
  readonly text: string;
  /** The body as JSON, or undefined if it is none. */
  json(): unknown;
}

/** One wire language that a provider's place understands. */
export interface SpokenDialect<Config> {
  readonly dialect: Dialect;
  url(call: ProviderCall<Config>): string;
  /**
   * Where this place has the resources of the dialect: the URL for a path of its `resources`, parts filled in, without query. Left out, it
   * has none. A resource has no model, so `call.model` is empty.
   */
  resourceUrl?(call: ProviderCall<Config>, path: string): string;
  /** Only these models are spoken to in this dialect; all, if left out. */
  models?(model: string): boolean;
  /** Used only by channels whose `config.dialects` names it. */
  readonly onDemand?: true;
}

export interface UpstreamModel {
  readonly id: string;
  readonly title?: string;
  readonly contextTokensMax?: number;
  readonly outputTokensMax?: number;
  /** Where the place's list of models carries prices. As untrusted as the rest of the list: the kernel checks it. */
  readonly price?: PublishedPrice;
}

/** Network and storage as the kernel hands them out: timed, ended with the call, and in a call by the way of its channel, with its proxy and to private networks only where it may. */
export interface PluginIo {
  fetch(
    request: WireRequest,
    options?: {
      readonly timeoutMs?: number;
      /** The request goes on when the call ends: for what other calls wait for, too, or will use. */
      readonly outlivesCall?: true;
    },
  ): Promise<{ readonly status: number; readonly headers: ReadonlyMap<string, string>; text(): Promise<string>; json(): Promise<unknown> }>;
  /** Kept in memory on this node, apart for each plugin. */
  readonly cache: { get(key: string): string | undefined; set(key: string, value: string, lifetimeMs: number): void };
  readonly signal: AbortSignal;
  readonly log: PluginLog;
}

export interface PluginLog {
  info(message: string, data?: object): void;
  warn(message: string, data?: object): void;
}

/**
 * A place that speaks some dialects: its address, its credentials, how its errors read. All functions but `sign` are pure descriptions; the
 * kernel owns sockets, retries and timeouts.
 */
export interface ProviderAdapter<Schema extends z.ZodObject = z.ZodObject> {
  /** Lower case, `a-z0-9-`: what a channel names in its `provider` field. */
  readonly id: string;
  readonly title: string;
  /** Whose seals may be sent there. */
  readonly vendor: Vendor;
  /** Form, validation and storage of a channel's configuration follow from it; mark credentials with `secret()`. */
  readonly config: Schema;
  /** Best first: a client's own dialect is taken if it is here, else the first. */
  readonly speaks: readonly SpokenDialect<z.output<Schema>>[];
  headers(call: ProviderCall<z.output<Schema>>): Readonly<Record<string, string>>;
  /**
   * Headers that need computing over the whole request, or a token exchange. The one impure step.
   * @throws UpstreamError if whoever hands out tokens refuses: its verdict counts as the place's own.
   */
  sign?(request: WireRequest, call: ProviderCall<z.output<Schema>>, io: PluginIo): Promise<Readonly<Record<string, string>>>;
  /**
   * Hears that the place has refused the credentials of a request (401): what `sign` kept of a token exchange is not to be used again.
   * @param sent the headers with which it was asked, those of `sign` among them
   */
  refused?(sent: Readonly<Record<string, string>>, call: ProviderCall<z.output<Schema>>): void;
  /** Headers in which the place's answers name the request, for questions to its support; lower case, the first that is there counts. */
  readonly requestIdHeaders?: readonly string[];
  /** What the failure means; fields left out follow from the status. */
  classify?(failure: UpstreamFailure): Partial<Verdict>;
  /** How to ask the place for its models. Signed as calls are, of no model and in the first dialect that the place speaks. */
  readonly models?: {
    request(config: z.output<Schema>): WireRequest;
    /** Other parts of the list, if it has some: all of them are asked for, after the first. */
    more?(config: z.output<Schema>): readonly WireRequest[];
    /**
     * @param more the answers to `more`, in their order
     * @param config as it was asked with
     */
    read(body: unknown, more?: readonly unknown[], config?: z.output<Schema>): readonly UpstreamModel[];
    /** True if some place of this provider states prices in its list, so that it is worth asking for them. */
    readonly hasPrices?: true;
  };
  /** How to ask the place what is left on the account of a key; left out where it does not say. */
  readonly balance?: BalanceQuestion<z.output<Schema>>;
  /** Models that the place is known to serve, where it lists none. */
  readonly knownModels?: readonly UpstreamModel[];
  /** What is known of the public prices of the models that are served through this provider, a list for each vendor. */
  readonly prices?: readonly PriceList[];
  /** How the models that are served through this provider count tokens; others are estimated by the kernel's usual weights. */
  readonly tokenFamilies?: readonly TokenFamily[];
}
