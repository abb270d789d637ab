import type { IncomingMessage } from 'node:http';
import { Router, type RouterContext } from '@koa/router';
import type { Caller } from '../../modules/access/index.js';
import { MethodNotAllowedError, UnreadableBodyError } from '../http-errors.js';
import { readBody } from '../request-body.js';
import { type Endpoint, InvalidParameterError } from './endpoint.js';

export interface ManagementDoors {
  readonly endpoints: readonly Endpoint[];
  /** Counts the request. @throws what refuses the caller */
  callerOf(request: IncomingMessage, query: URLSearchParams): Promise<Caller>;
  /** Counts a request whose caller nobody asks for. @throws LimitReachedError, LimitsUnavailableError */
  countAddress(request: IncomingMessage): Promise<void>;
  clientAddressOf(request: IncomingMessage): string;
  /** True for query parameters that carry a key: they are no endpoint's own. */
  isCredential(parameter: string): boolean;
  /** False once the gateway shuts down, so that load balancers look elsewhere. */
  isReady(): boolean;
  readonly bodyBytesMax: number;
}

/** Health, and every declared endpoint under its method and path. */
export function managementApi(doors: ManagementDoors): Router {
  const router = new Router();
  router.get('/healthz', (context) => {
    const ready = doors.isReady();
    context.status = ready ? 200 : 503;
    context.body = { status: ready ? 'ok' : 'shutting down' };
  });
  for (const endpoint of doors.endpoints) router.register(endpoint.path, [endpoint.method], (context) => serve(doors, endpoint, context));
  for (const path of new Set(doors.endpoints.map((endpoint) => endpoint.path))) {
    const allowed = doors.endpoints.filter((endpoint) => endpoint.path === path).map(({ method }) => method);
    router.all(path, ({ method }) => {
      throw new MethodNotAllowedError(method, allowed.join(', '));
    });
  }
  return router;
}

async function serve(doors: ManagementDoors, endpoint: Endpoint, context: RouterContext): Promise<void> {
  const query = new URLSearchParams(context.querystring);
  const caller = endpoint.permission === 'public' ? undefined : await doors.callerOf(context.req, query);
  if (caller === undefined) await doors.countAddress(context.req);
  const own = [...query].filter(([name]) => !doors.isCredential(name));
  for (const [name] of own) if (query.getAll(name).length > 1) throw new InvalidParameterError(name, 'Is given more than once.');
  const answer = await endpoint.run({
    caller,
    params: context.params,
    query: Object.fromEntries(own),
    requestId: context.response.get('x-request-id'),
    clientAddress: doors.clientAddressOf(context.req),
    ...(endpoint.body === undefined ? {} : { body: await bodyOf(context.req, endpoint, doors.bodyBytesMax) }),
  });
  if (endpoint.cacheSeconds !== undefined) context.set('cache-control', `public, max-age=${endpoint.cacheSeconds}`);
  context.status = endpoint.status;
  if (endpoint.textType !== undefined) context.type = endpoint.textType;
  context.body = answer;
}

/** JSON, unless the request says that it is a text that the endpoint takes. @throws UnreadableBodyError, BodyTooLargeError */
async function bodyOf(request: IncomingMessage, { textBody }: Endpoint, bytesMax: number): Promise<unknown> {
  const body = await readBody(request, bytesMax);
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== undefined && textBody?.types.includes(type) === true) return textBody.read(body.toString());
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch (error) {
    throw new UnreadableBodyError('The body is not valid JSON.', { cause: error });
  }
}
