import { isAscii } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ClientHeaders, type JsonObject, type RequestTarget, scanTopLevel } from '@tollgate/plugin-kit';
import type { Clock } from '../foundation/clock.js';
import type { Logger } from '../foundation/logger.js';
import { checkPrincipal } from '../modules/limits/index.js';
import type { AddressList } from '../modules/tokens/index.js';
import { ClientReply } from '../relay/client-reply.js';
import { publicErrorOf } from '../relay/public-error.js';
import type { Relay } from '../relay/relay.js';
import type { RelayCall, ServedDialect } from '../relay/relay-call.js';
import { terminalErrorBytes } from '../relay/stream-frames.js';
import type { Authenticator } from './authenticator.js';
import { clientAddress } from './client-address.js';
import { presentError } from './error-presenter.js';
import { UnreadableBodyError } from './http-errors.js';
import { readBody } from './request-body.js';
import type { RouteMatch } from './served-dialects.js';

export interface RelayFrontDoors {
  readonly relay: Pick<Relay, 'run'>;
  readonly authenticator: Authenticator;
  readonly trustedProxies: AddressList;
  readonly bodyBytesMax: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly newRequestId: () => string;
}

const noQuery = new URLSearchParams();
const readAwayMs = 1_000;

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
    try {
      await this.#doors.relay.run(await this.#gather(match.dialect, target, request, requestId), reply);
    } catch (error) {
      this.#refuse(error, match.dialect, target, reply, requestId, request);
    }
  }

  async #gather(dialect: ServedDialect, target: RequestTarget, request: IncomingMessage, requestId: string): Promise<RelayCall> {
    const { authenticator, clock, trustedProxies, bodyBytesMax } = this.#doors;
    const startedAt = clock.now();
    const found = authenticator.principalOf(request.headers, target.query);
    const principal = found instanceof Promise ? await found : found;
    const body = await readBody(request, bodyBytesMax);
    const json = parsedObject(body);
    const spans = scanTopLevel(body, dialect.client.guardedKeys);
    const facts = dialect.client.inspect(json, target);
    checkPrincipal(principal, { model: facts.model, clientIp: clientAddress(request, trustedProxies), now: startedAt });
    return {
      requestId,
      startedAt,
      principal,
      dialect,
      target,
      facts,
      body,
      json,
      spans,
      framing: dialect.client.framing(target),
      passHeaders: passing(request.headers, dialect.client.passHeaders),
    };
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
    if (reply.headSent) {
      reply.write(terminalErrorBytes(dialect, dialect.client.framing(target), told, requestId, false));
      reply.end();
      return;
    }
    const { status, headers, body } = presentError(told, requestId, dialect);
    for (const [name, value] of Object.entries(headers)) reply.setHeader(name, value);
    if (!request.complete) readAway(request);
    reply.sendWhole(status, 'application/json', body);
  }
}

/**
 * The rest of a body that nobody needs. A connection that is closed with bytes unread is reset, and the client may never see the answer: so
 * they are read for a while, and only a client that goes on sending is cut off.
 */
function readAway(request: IncomingMessage): void {
  const cutOff = setTimeout(() => request.socket.destroy(), readAwayMs).unref();
  request.once('end', () => clearTimeout(cutOff));
  request.resume();
}

function targetOf({ route, pathModel }: RouteMatch, url: string): RequestTarget {
  const queryStart = url.indexOf('?');
  const query = queryStart < 0 ? noQuery : new URLSearchParams(url.slice(queryStart + 1));
  return { route, query, ...(pathModel === undefined ? {} : { pathModel }) };
}

function parsedObject(body: Buffer): JsonObject {
  let json: unknown;
  try {
    json = JSON.parse(textOf(body));
  } catch (error) {
    throw new UnreadableBodyError(
      `The body is not valid JSON: ${error instanceof Error ? error.message.slice(0, 200) : 'it cannot be parsed'}.`,
    );
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new UnreadableBodyError('The body must be a JSON object.');
  return json as JsonObject;
}

/** Most bodies are ASCII, which becomes a string several times faster than UTF-8 that might hold anything. */
function textOf(body: Buffer): string {
  return body.toString(isAscii(body) ? 'latin1' : 'utf8');
}

function passing(headers: ClientHeaders, names: readonly string[]): ClientHeaders {
  const passed: Record<string, string | readonly string[]> = {};
  for (const name of names) {
    const value = headers[name];
    if (value !== undefined) passed[name] = value;
  }
  return passed;
}
