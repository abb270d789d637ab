import Koa from 'koa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { permissionsOfApiKeys } from '../../modules/access/index.js';
import { publicErrorOf } from '../../relay/public-error.js';
import { presentError } from '../error-presenter.js';
import { MissingApiKeyError } from '../http-errors.js';
import { HttpServer } from '../http-server.js';
import { defineEndpoint } from './endpoint.js';
import { managementApi } from './management-api.js';

const read = defineEndpoint({
  method: 'GET',
  path: '/api/things/:id',
  title: 'A thing',
  permission: 'account.read',
  params: z.strictObject({ id: z.string() }),
  response: z.object({ id: z.string(), owner: z.string() }),
  handle: async ({ params: { id }, caller: { userId } }) => ({ id, owner: userId }),
});
const write = defineEndpoint({
  method: 'POST',
  path: '/api/things',
  title: 'A new thing',
  permission: 'account.read',
  body: z.strictObject({ name: z.string() }),
  response: z.object({ name: z.string() }),
  handle: async ({ body }) => body,
});

let server: HttpServer;
let url: string;
let ready: boolean;

beforeEach(async () => {
  ready = true;
  const api = managementApi({
    endpoints: [read, write],
    callerOf: async (_request, query) => {
      if (query.get('key') !== 'mine') throw new MissingApiKeyError();
      return { userId: 'u1', permissions: permissionsOfApiKeys };
    },
    isCredential: (parameter) => parameter === 'key',
    countAddress: async () => undefined,
    clientAddressOf: () => '192.0.2.1',
    isReady: () => ready,
    bodyBytesMax: 100,
  });
  const app = new Koa();
  app.use(async (context, next) => {
    try {
      await next();
    } catch (error) {
      const { status, contentType, body } = presentError(publicErrorOf(error), 'req', undefined);
      Object.assign(context, { status, type: contentType, body });
    }
  });
  app.use(api.routes());
  server = new HttpServer(app.callback());
  url = await server.listen(0, '127.0.0.1');
});
afterEach(() => server.drain(0));

async function ask(path: string, init?: RequestInit): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${url}${path}`, init);
  return { status: response.status, body: await response.json() };
}

const post = (body: string): RequestInit => ({ method: 'POST', body });

describe('management API', () => {
  it('serves endpoints under method and path, with parameters of the path', async () => {
    expect(await ask('/api/things/a%20b?key=mine')).toEqual({ status: 200, body: { id: 'a b', owner: 'u1' } });
    expect(await ask('/api/things?key=mine', post('{"name":"x"}'))).toEqual({ status: 200, body: { name: 'x' } });
  });

  it('asks who is calling first', async () => {
    expect(await ask('/api/things/a')).toMatchObject({ status: 401, body: { code: 'missing_api_key' } });
  });

  it('does not take the key for a parameter, but every other one', async () => {
    expect(await ask('/api/things/a?key=mine&verbose=1')).toMatchObject({ status: 400, body: { field: 'verbose' } });
  });

  it('takes no parameter twice', async () => {
    expect(await ask('/api/things/a?key=mine&verbose=1&verbose=2')).toMatchObject({
      status: 400,
      body: { detail: 'verbose: Is given more than once.' },
    });
  });

  it('names the method where another is used', async () => {
    expect(await ask('/api/things/a', post(''))).toMatchObject({
      status: 405,
      body: { code: 'method_not_allowed', detail: 'POST is not allowed here, only GET.' },
    });
  });

  it.each([
    ['{"name":', 400, 'invalid_body'],
    [`{"name":"${'x'.repeat(100)}"}`, 413, 'request_too_large'],
    ['{"title":"x"}', 400, 'invalid_parameter'],
    ['{"name":"a\\u0000b"}', 400, 'invalid_parameter'],
  ])('refuses the body %s', async (body, status, code) => {
    expect(await ask('/api/things?key=mine', post(body))).toMatchObject({ status, body: { code } });
  });

  it('tells without a key whether the gateway is ready', async () => {
    expect(await ask('/healthz')).toEqual({ status: 200, body: { status: 'ok' } });
    ready = false;
    expect(await ask('/healthz')).toEqual({ status: 503, body: { status: 'shutting down' } });
  });
});
