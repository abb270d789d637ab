import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { type RequestFacts, type RequestTarget, scanTopLevel } from '@tollgate/plugin-kit';
import type { Clock } from '../foundation/clock.js';
import type { FaultSeam } from '../foundation/fault-points.js';
import type { Logger } from '../foundation/logger.js';
import { InvalidIdempotencyKeyError, isIdempotencyKey, type KeyClaim, keyClaimOf } from '../modules/idempotency/index.js';
import { checkPrincipal, LimitReachedError, type Limits } from '../modules/limits/index.js';
import type { GatewayMetrics } from '../modules/metrics/index.js';
import type { AddressList, Principal } from '../modules/tokens/index.js';
import { ClientReply } from '../relay/client-reply.js';
import { WeighedBody } from '../relay/estimate-tokens.js';
import { publicErrorOf } from '../relay/public-error.js';
import type { Relay } from '../relay/relay.js';
import type { RelayCall, ServedDialect } from '../relay/relay-call.js';
import { terminalErrorBytes } from '../relay/stream-frames.js';
import type { Authenticator } from './authenticator.js';
import { clientAddress } from './client-address.js';
import type { CredentialReader } from './credentials.js';
import { parsedObject, readBody } from './request-body.js';
import { countRefused } from './count-refused.js';
import { sendLevels } from './limit-headers.js';
import { passing } from './passing-headers.js';
import { sendRefusal } from './refusal.js';
import type { RouteMatch } from './served-dialects.js';

export interface RelayFrontDoors {
  readonly relay: Pick<Relay, 'run'>;
  readonly authenticator: Authenticator;
  readonly credentials: Pick<CredentialReader, 'isParameter'>;
  readonly limits: Pick<Limits, 'binds' | 'admitCall' | 'admitRequest'>;
  /** Input and output of a call as they are estimated before it. */
  readonly estimateTokens: (weighed: WeighedBody, facts: RequestFacts, principal: Principal) => number;
  /** Headers in which clients name their session, in lower case. */
  readonly sessionHeaders: () => readonly string[];
  readonly trustedProxies: AddressList;
  readonly bodyBytesMax: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Pick<GatewayMetrics, 'requestBegan' | 'streamBegan' | 'requestEnded'>;
  readonly newRequestId: () => string;
  readonly faults?: FaultSeam | undefined;
}

const noQuery = new URLSearchParams();

/** The front door of paid calls: from a request on the wire to the facts of a call, and from a failure to the caller's dialect. */
export class RelayFront {
  readonly #doors: RelayFrontDoors;

  constructor(doors: RelayFrontDoors) {
    this.#doors = doors;
  }

  /** Never rejects: whatever happens, the caller is told. */
  async serve(match: RouteMatch, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = this.#doors.newRequestId();
    const reply = new ClientReply(response, requestId);
    const target = targetOf(match, request.url ?? '');
    const { metrics } = this.#doors;
    let call: RelayCall | undefined;
    metrics.requestBegan();
    try {
      call = await this.#gather(match.dialect, target, request, requestId, reply);
      if (call.facts.stream) metrics.streamBegan();
      if (call.ticket !== undefined) sendLevels(call.ticket.levels, match.dialect, reply);
      await this.#doors.relay.run(call, reply);
    } catch (error) {
      const told = call === undefined ? await countRefused(this.#doors, request, error) : error;
      this.#refuse(told, match.dialect, target, reply, requestId, request);
    } finally {
      call?.ticket?.end();
      metrics.requestEnded(match.dialect.id, response.headersSent ? response.statusCode : undefined, call?.facts.stream === true);
    }
  }

  async #gather(
    dialect: ServedDialect,
    target: RequestTarget,
    request: IncomingMessage,
    requestId: string,
    reply: ClientReply,
  ): Promise<RelayCall> {
    const { authenticator, limits, estimateTokens, clock, trustedProxies, bodyBytesMax, faults } = this.#doors;
    const startedAt = clock.now();
    if (faults !== undefined) await faults('key-look-up');
    const found = authenticator.principalOf(request.headers, target.query);
    const principal = found instanceof Promise ? await found : found;
    if (faults !== undefined) await faults('body-read');
    reply.waitBegins();
    const body = await readBody(request, bodyBytesMax);
    reply.waitEnds();
    const json = parsedObject(body);
    const weighed = new WeighedBody(json);
    const spans = scanTopLevel(body, dialect.client.guardedKeys);
    const facts = dialect.client.inspect(json, target);
    const clientIp = clientAddress(request, trustedProxies);
    checkPrincipal(principal, { model: facts.model, clientIp, now: startedAt });
    const key = request.headers['idempotency-key'];
    const claim = key === undefined ? undefined : this.#claimOf(String(key), principal.tokenId, request, target, body);
    if (faults !== undefined) await faults('limits');
    const admitted = limits.binds(principal)
      ? limits.admitCall({ principal, clientIp, model: facts.model, estimateTokens: () => estimateTokens(weighed, facts, principal) })
      : undefined;
    const ticket = admitted instanceof Promise ? await admitted : admitted;
    return {
      requestId,
      startedAt,
      principal,
      dialect,
      target,
      facts,
      body,
      json,
      weighed,
      spans,
      framing: dialect.client.framing(target),
      passHeaders: passing(request.headers, dialect.client.passHeaders),
      ticket,
      claim,
      session: this.#sessionIn(request.headers),
    };
  }

  #sessionIn(headers: IncomingHttpHeaders): string | undefined {
    for (const name of this.#doors.sessionHeaders()) {
      const value = headers[name];
      if (typeof value === 'string' && value !== '') return value;
    }
    return undefined;
  }

  /** @throws InvalidIdempotencyKeyError */
  #claimOf(key: string, tokenId: string, { method = '', url = '' }: IncomingMessage, { query }: RequestTarget, body: Buffer): KeyClaim {
    if (!isIdempotencyKey(key)) throw new InvalidIdempotencyKeyError();
    const [path = ''] = url.split('?', 1);
    const asked = new URLSearchParams([...query].filter(([name]) => !this.#doors.credentials.isParameter(name)));
    return keyClaimOf(key, tokenId, { method, path, query: asked.toString(), body });
  }

  #refuse(
    error: unknown,
    dialect: ServedDialect,
    target: RequestTarget,
    reply: ClientReply,
    requestId: string,
    request: IncomingMessage,
  ): void {
    const told = publicErrorOf(error);
    if (told.status >= 500 && told.code === 'internal_error') this.#doors.log.error({ err: error, requestId }, 'A call failed');
    if (error instanceof LimitReachedError) sendLevels(error.levels, dialect, reply);
    if (reply.headSent) {
      reply.write(terminalErrorBytes(dialect, dialect.client.framing(target), told, requestId, false));
      reply.end();
      return;
    }
    sendRefusal(told, dialect, reply, requestId, request);
  }
}

function targetOf({ route, pathModel }: RouteMatch, url: string): RequestTarget {
  const queryStart = url.indexOf('?');
  const query = queryStart < 0 ? noQuery : new URLSearchParams(url.slice(queryStart + 1));
  return { route, query, ...(pathModel === undefined ? {} : { pathModel }) };
}
