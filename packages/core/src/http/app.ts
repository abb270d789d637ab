import Koa from 'koa';
import type { Logger } from '../foundation/logger.js';
import { checkPrincipal, LimitReachedError, type Limits } from '../modules/limits/index.js';
import type { AddressList, Principal } from '../modules/tokens/index.js';
import { publicErrorOf } from '../relay/public-error.js';
import type { Clock } from '../foundation/clock.js';
import type { Caller } from '../modules/access/index.js';
import { managementApi } from './api/management-api.js';
import { metricsPath } from './api/metrics.js';
import type { Endpoint } from './api/endpoint.js';
import type { Authenticator } from './authenticator.js';
import { CallerReader } from './caller-reader.js';
import { clientAddress } from './client-address.js';
import type { CredentialReader } from './credentials.js';
import { presentError } from './error-presenter.js';
import { MethodNotAllowedError, RouteNotFoundError, ShuttingDownError } from './http-errors.js';
import { setLevelHeaders } from './limit-headers.js';
import type { ModelLists } from './model-lists.js';
import type { ServedDialect } from '../relay/relay-call.js';
import type { ResourceFront } from './resource-front.js';
import { ResourcePaths } from './resource-paths.js';
import { countRefused } from './count-refused.js';
import type { RelayFront } from './relay-front.js';
import type { ServedDialects } from './served-dialects.js';

export interface HttpDoors {
  readonly dialects: ServedDialects;
  readonly relayFront: RelayFront;
  readonly resourceFront: ResourceFront;
  readonly modelLists: ModelLists;
  readonly authenticator: Authenticator;
  readonly limits: Pick<Limits, 'admitRequest'>;
  readonly credentials: CredentialReader;
  /** Undefined if there is no such access token, or its user is disabled. */
  readonly callerOfAccessToken: (secret: string) => Promise<Caller | undefined>;
  readonly endpoints: readonly Endpoint[];
  readonly bodyBytesMax: number;
  readonly trustedProxies: AddressList;
  /** False once the gateway shuts down, so that load balancers look elsewhere. */
  readonly ready: () => boolean;
  readonly clock: Clock;
  readonly log: Logger;
  readonly newRequestId: () => string;
}

interface State {
  requestId: string;
  /** Whose error shape the caller expects, where the path alone does not tell. */
  dialect?: ServedDialect;
}

/** The whole front of the house, in the order in which a request meets it. */
export function createApp(doors: HttpDoors): Koa<State> {
  const app = new Koa<State>();
  // Errors are told to callers below; what reaches Koa itself is a broken connection.
  app.silent = true;
  app.use(paidCalls(doors));
  app.use(resourceRequests(doors));
  app.use(requestIds(doors));
  app.use(errorsInTheCallersDialect(doors));
  const countAddress = async (request: Koa.Request['req']): Promise<void> => {
    await doors.limits.admitRequest(undefined, clientAddress(request, doors.trustedProxies));
  };
  const callers = new CallerReader({ ...doors, countAddress, principalOf: (request, query) => authenticated(doors, request, query) });
  app.use(
    managementApi({
      ...doors,
      callerOf: (request, query) => callers.callerOf(request, query),
      countAddress,
      clientAddressOf: (request) => clientAddress(request, doors.trustedProxies),
      isCredential: (parameter) => doors.credentials.isParameter(parameter),
      isReady: doors.ready,
    }).routes(),
  );
  app.use(noCallsWhileStopping(doors));
  app.use(modelLists(doors));
  app.use(({ method, path }) => {
    throw new RouteNotFoundError(method, path);
  });
  return app;
}

/** First, and beside Koa's own response handling: the hot path. */
function paidCalls({ dialects, relayFront, ready }: HttpDoors): Koa.Middleware<State> {
  return (context, next) => {
    const { method, url = '' } = context.req;
    const queryStart = url.indexOf('?');
    const match = dialects.routeOf(queryStart < 0 ? url : url.slice(0, queryStart));
    if (match === undefined) return next();
    if (method !== 'POST' || !ready()) return next();
    context.respond = false;
    return relayFront.serve(match, context.req, context.res);
  };
}

/** What lives at upstreams; its bytes are passed, too. */
function resourceRequests({ dialects, resourceFront, ready }: HttpDoors): Koa.Middleware<State> {
  const paths = new ResourcePaths(dialects.all);
  return (context, next) => {
    const query = new URLSearchParams(context.querystring);
    const match = paths.find(context.method, context.path, query);
    if (match === undefined || !ready()) return next();
    context.respond = false;
    return resourceFront.serve(match, query, context.req, context.res);
  };
}

function requestIds({ newRequestId }: HttpDoors): Koa.Middleware<State> {
  return (context, next) => {
    context.state.requestId = newRequestId();
    context.set('x-request-id', context.state.requestId);
    return next();
  };
}

function errorsInTheCallersDialect({ dialects, log }: HttpDoors): Koa.Middleware<State> {
  return async (context, next) => {
    try {
      await next();
    } catch (error) {
      const { requestId } = context.state;
      const told = publicErrorOf(error);
      if (told.code === 'internal_error') log.error({ err: error, requestId }, 'A request failed');
      const isOurs = context.path.startsWith('/api/') || context.path === metricsPath;
      const dialect = isOurs ? undefined : (context.state.dialect ?? dialects.dialectOf(context.path));
      const { status, contentType, headers, body } = presentError(told, requestId, dialect);
      context.status = status;
      context.set(headers);
      if (error instanceof LimitReachedError) setLevelHeaders(error.levels, dialect, (name, value) => context.set(name, value));
      context.type = contentType;
      context.body = body;
    }
  };
}

/** A call that was taken now could be cut at the end of the time allowed; clients try it again elsewhere. */
function noCallsWhileStopping({ ready }: HttpDoors): Koa.Middleware<State> {
  return (_context, next) => {
    if (!ready()) throw new ShuttingDownError();
    return next();
  };
}

function modelLists(doors: HttpDoors): Koa.Middleware<State> {
  return async (context, next) => {
    const query = new URLSearchParams(context.querystring);
    const request = doors.modelLists.find(context.path, context.req.headers, query);
    if (request === undefined) {
      await next();
      return;
    }
    context.state.dialect = request.dialect;
    if (doors.dialects.routeOf(context.path) !== undefined) throw new MethodNotAllowedError(context.method, 'POST');
    if (context.method !== 'GET') throw new MethodNotAllowedError(context.method, 'GET');
    context.body = doors.modelLists.answer(request, await authenticated(doors, context.req, query));
  };
}

/** @throws MissingApiKeyError, InvalidApiKeyError, StorageUnavailableError, and what the token's own limits refuse */
async function authenticated(doors: HttpDoors, request: Koa.Request['req'], query: URLSearchParams): Promise<Principal> {
  const clientIp = clientAddress(request, doors.trustedProxies);
  let principal: Principal;
  try {
    principal = await doors.authenticator.principalOf(request.headers, query);
    checkPrincipal(principal, { clientIp, now: doors.clock.now() });
  } catch (error) {
    throw await countRefused(doors, request, error);
  }
  await doors.limits.admitRequest(principal, clientIp);
  return principal;
}
