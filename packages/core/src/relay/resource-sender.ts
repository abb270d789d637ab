import type { IncomingHttpHeaders } from 'node:http';
import { type ProviderCall, type ResourceAnswer, UpstreamError, type Verdict, type WireRequest } from '@tollgate/plugin-kit';
import type { Clock } from '../foundation/clock.js';
import { type Channel, type ChannelKey, changedHeaders } from '../modules/channels/index.js';
import type { AttemptPlace, ChannelHealth } from '../modules/health/index.js';
import type { SettingsValues } from '../modules/settings/index.js';
import type { AttemptTools } from './attempt.js';
import type { ClientReply } from './client-reply.js';
import { UpstreamExchange } from './exchange.js';
import { FailureReader } from './failure-reader.js';
import { faultVerdict } from './network-verdict.js';
import { verdictOnPlace } from './owner-search.js';
import type { relaySettings } from './relay-settings.js';
import type { ResourceCall } from './resource-call.js';
import type { ResourceSpoken } from './route.js';
import { WholeReader } from './whole-reader.js';

/** Where a request for a resource goes. */
export interface ResourcePlace {
  readonly channel: Channel;
  readonly key: ChannelKey;
  readonly spoken: ResourceSpoken;
}

/** What is asked of a place: the caller's own request, or one that the gateway asks to answer it. */
export interface ResourceRequest {
  readonly method: WireRequest['method'];
  readonly path: string;
  readonly query?: URLSearchParams;
  readonly body?: Buffer;
  readonly contentType?: string;
}

export interface WholeResourceAnswer extends ResourceAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
}

/** `words` are the upstream's own of its failure. */
export type ResourceOutcome = { readonly answer: WholeResourceAnswer } | { readonly verdict: Verdict; readonly words?: string | undefined };

export interface ResourceSenderTools extends Pick<AttemptTools, 'pools' | 'ioOf' | 'userAgent'> {
  readonly settings: () => SettingsValues<typeof relaySettings>;
  readonly health: Pick<ChannelHealth, 'report' | 'abandon'>;
  readonly clock: Clock;
  readonly fault: (error: unknown, channel: Channel) => void;
}

/** Sends one request for a resource as the channel's provider describes it, and reads the whole answer. */
export class ResourceSender {
  readonly #tools: ResourceSenderTools;

  constructor(tools: ResourceSenderTools) {
    this.#tools = tools;
  }

  /** The health of the place is told how it went: the probe that was begun for the request is over then. */
  async send(call: ResourceCall, place: ResourcePlace, request: ResourceRequest, reply: ClientReply): Promise<ResourceOutcome> {
    const { health, clock } = this.#tools;
    const startedAt = clock.now();
    const outcome = await this.#outcomeOf(call, place, request, reply);
    const attempt = attemptPlaceOf(place);
    if (reply.gone) health.abandon(attempt, startedAt);
    else {
      const { verdict: said, words } = 'answer' in outcome ? { verdict: undefined, words: undefined } : outcome;
      // No model was asked for: that a thing is not there says nothing about the place.
      const verdict = said && verdictOnPlace(said, true);
      // A key that is refused here may be good for calls: it rests, and only a call finds out that it is to be disabled.
      health.report({ ...attempt, verdict, words, mayDisable: false, startedAt, at: clock.now() });
    }
    return outcome;
  }

  async #outcomeOf(call: ResourceCall, place: ResourcePlace, request: ResourceRequest, reply: ClientReply): Promise<ResourceOutcome> {
    try {
      const { wire, refused } = await this.#described(call, place, request, reply);
      return await this.#exchange(place.channel, wire, refused, reply);
    } catch (error) {
      if (UpstreamError.isInstance(error)) return { verdict: error.verdict };
      this.#tools.fault(error, place.channel);
      return { verdict: faultVerdict() };
    }
  }

  async #described(
    call: ResourceCall,
    { channel, key, spoken }: ResourcePlace,
    request: ResourceRequest,
    reply: ClientReply,
  ): Promise<Described> {
    const { adapter } = channel;
    const { config } = key;
    const providerCall: ProviderCall<Record<string, unknown>> = {
      config,
      model: '',
      stream: false,
      framing: spoken.dialect.framing,
      dialect: spoken.dialect,
      clientHeaders: call.passHeaders,
    };
    const wire = {
      method: request.method,
      url: withQuery(spoken.resourceUrl(providerCall, request.path), request.query),
      headers: headersOf(call, adapter.headers(providerCall), request),
      ...(request.body === undefined || request.body.length === 0 ? {} : { body: request.body }),
    };
    if (adapter.sign === undefined) return { wire, refused: undefined };
    const controller = new AbortController();
    reply.onGone(() => controller.abort());
    const signed = await adapter.sign(wire, providerCall, this.#tools.ioOf(adapter, controller.signal, channel.options));
    const headers = { ...wire.headers, ...signed };
    return { wire: { ...wire, headers }, refused: () => adapter.refused?.(headers, providerCall) };
  }

  #tellRefused(refused: Described['refused'], channel: Channel): void {
    try {
      refused?.();
    } catch (error) {
      this.#tools.fault(error, channel);
    }
  }

  #exchange(channel: Channel, wire: WireRequest, refused: Described['refused'], reply: ClientReply): Promise<ResourceOutcome> {
    const { pools, userAgent } = this.#tools;
    const { connectTimeoutMs, firstByteTimeoutMs, idleTimeoutMs, answerBytesMax } = this.#tools.settings();
    return new Promise((resolve) => {
      const refuse = (verdict: Verdict, words?: string): void => resolve({ verdict, words });
      const exchange = new UpstreamExchange((status, headers) => {
        if (status === 401) this.#tellRefused(refused, channel);
        if (status >= 300) return new FailureReader(channel, status, headers, refuse);
        return new WholeReader(answerBytesMax, (body) => resolve({ answer: answerOf(status, headers, body) }), refuse);
      }, refuse);
      reply.onGone(() => {
        exchange.abort();
        refuse(faultVerdict());
      });
      const { timeouts, headers: headerRules } = channel.options;
      const { pool, origin, path } = pools.placeOf(wire.url, channel.options, connectTimeoutMs);
      const given = { 'user-agent': userAgent, ...wire.headers };
      const headers = Object.entries(changedHeaders(given, headerRules, '')).flat();
      pool.dispatch(
        {
          origin,
          method: wire.method,
          path,
          headers,
          body: wire.body ?? null,
          headersTimeout: timeouts?.firstByteMs ?? firstByteTimeoutMs,
          bodyTimeout: timeouts?.idleMs ?? idleTimeoutMs,
        },
        exchange,
      );
    });
  }
}

/** A request as it is sent. */
interface Described {
  readonly wire: WireRequest;
  /** To be called where the place refuses what the adapter has signed with. */
  readonly refused: (() => void) | undefined;
}

/** What health knows the place by: no model is asked for. */
export function attemptPlaceOf({ channel, key }: Pick<ResourcePlace, 'channel' | 'key'>): AttemptPlace {
  return { channelId: channel.id, keyId: key.id, model: '' };
}

function withQuery(address: string, query: URLSearchParams | undefined): string {
  if (query === undefined || query.size === 0) return address;
  const url = new URL(address);
  for (const [name, value] of query) url.searchParams.append(name, value);
  return url.href;
}

/** The provider's headers win over the client's; the kind of the body is the caller's to say, since only its bytes pass. */
function headersOf(
  { route, passHeaders }: ResourceCall,
  provided: Readonly<Record<string, string>>,
  { body, contentType }: ResourceRequest,
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of route.passHeaders ?? []) {
    const value = passHeaders[name];
    if (value !== undefined) headers[name] = String(value);
  }
  for (const [name, value] of Object.entries(provided)) if (name.toLowerCase() !== 'content-type') headers[name] = value;
  if (body !== undefined && body.length > 0) headers['content-type'] = contentType ?? 'application/json';
  return headers;
}

function answerOf(status: number, headers: IncomingHttpHeaders, body: Buffer): WholeResourceAnswer {
  const named = Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as const]));
  return {
    status,
    contentType: headers['content-type'] ?? 'application/json',
    body,
    headers: new Map(named),
    json: parsed(body),
    at: Date.now(),
  };
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
