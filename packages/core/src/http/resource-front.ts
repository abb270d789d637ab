import type { IncomingMessage, ServerResponse } from 'node:http';
import { checkPrincipal, LimitReachedError } from '../modules/limits/index.js';
import { ClientReply } from '../relay/client-reply.js';
import { publicErrorOf } from '../relay/public-error.js';
import type { ResourceCall } from '../relay/resource-call.js';
import type { ResourceRelay } from '../relay/resource-relay.js';
import { clientAddress } from './client-address.js';
import { sendLevels } from './limit-headers.js';
import { passing } from './passing-headers.js';
import { publicOrigin } from './public-origin.js';
import { sendRefusal } from './refusal.js';
import { countRefused } from './count-refused.js';
import type { RelayFrontDoors } from './relay-front.js';
import { parsedObject, readBody } from './request-body.js';
import type { ResourceMatch } from './resource-paths.js';

export interface ResourceFrontDoors extends Omit<RelayFrontDoors, 'relay' | 'sessionHeaders' | 'estimateTokens' | 'metrics'> {
  readonly resourceRelay: Pick<ResourceRelay, 'run'>;
}

/** The front door to what lives at upstreams. Callers show the same keys as for paid calls, with the same limits. */
export class ResourceFront {
  readonly #doors: ResourceFrontDoors;

  constructor(doors: ResourceFrontDoors) {
    this.#doors = doors;
  }

  /** Never rejects: whatever happens, the caller is told. */
  async serve(match: ResourceMatch, query: URLSearchParams, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = this.#doors.newRequestId();
    const reply = new ClientReply(response, requestId);
    let call: ResourceCall | undefined;
    try {
      call = await this.#gather(match, query, request, requestId, reply);
      await this.#doors.resourceRelay.run(call, reply);
    } catch (error) {
      const cause = call === undefined ? await countRefused(this.#doors, request, error) : error;
      const told = publicErrorOf(cause);
      if (told.code === 'internal_error') this.#doors.log.error({ err: error, requestId }, 'A request for a resource failed');
      if (cause instanceof LimitReachedError) sendLevels(cause.levels, match.dialect, reply);
      sendRefusal(told, match.dialect, reply, requestId, request);
    }
  }

  async #gather(
    match: ResourceMatch,
    query: URLSearchParams,
    request: IncomingMessage,
    requestId: string,
    reply: ClientReply,
  ): Promise<ResourceCall> {
    const { authenticator, limits, credentials, clock, trustedProxies, bodyBytesMax } = this.#doors;
    const { dialect, route, path, id } = match;
    const startedAt = clock.now();
    const principal = await authenticator.principalOf(request.headers, query);
    const clientIp = clientAddress(request, trustedProxies);
    checkPrincipal(principal, { clientIp, now: startedAt });
    const body = await readBody(request, bodyBytesMax);
    const levels = await limits.admitRequest(principal, clientIp);
    if (levels !== undefined) sendLevels(levels, dialect, reply);
    return {
      requestId,
      startedAt,
      principal,
      dialect,
      route,
      path,
      id,
      query: new URLSearchParams([...query].filter(([name]) => !credentials.isParameter(name))),
      body,
      contentType: request.headers['content-type'],
      json: route.does !== 'list' && route.refersTo !== undefined && body.length > 0 ? parsedObject(body) : undefined,
      passHeaders: passing(request.headers, [...dialect.client.passHeaders, ...(route.passHeaders ?? [])]),
      origin: publicOrigin(request, trustedProxies),
    };
  }
}
