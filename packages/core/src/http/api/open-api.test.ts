import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineEndpoint } from './endpoint.js';
import { managementApi } from './management-api.js';
import { withOpenApi } from './open-api.js';
import { pageShape } from './page.js';

const endpoints = withOpenApi(
  [
    defineEndpoint({
      method: 'PUT',
      path: '/api/things/:id/parts/:part',
      title: 'Changes a part',
      permission: 'channel.write',
      params: z.strictObject({ id: z.string(), part: z.string() }),
      query: z.strictObject({ ...pageShape, tag: z.string().optional() }),
      body: z.strictObject({ name: z.string().default('x') }),
      response: z.object({ name: z.string().default('x') }),
      status: 202,
      handle: async ({ body }) => body,
    }),
    defineEndpoint({
      method: 'GET',
      path: '/api/things/:id/parts/:part',
      title: 'A part',
      permission: 'account.read',
      params: z.strictObject({ id: z.string(), part: z.string() }),
      response: z.object({ name: z.string() }),
      handle: async () => ({ name: 'x' }),
    }),
  ],
  '1.2.3',
);

async function described(): Promise<{ readonly paths: Record<string, Record<string, unknown>> }> {
  const own = endpoints.find(({ path }) => path === '/api/openapi.json');
  const request = { caller: undefined, params: {}, query: {}, requestId: 'req_1', clientAddress: '192.0.2.1' };
  return (await own?.run(request)) as { readonly paths: Record<string, Record<string, unknown>> };
}

describe('OpenAPI', () => {
  it('says of an endpoint what its declaration does', async () => {
    const { paths } = await described();
    expect(paths['/api/things/{id}/parts/{part}']?.['put']).toMatchObject({
      operationId: 'putThingsByIdPartsByPart',
      tags: ['things'],
      summary: 'Changes a part',
      security: [{ accessToken: [] }],
      parameters: [
        { name: 'id', in: 'path', required: true },
        { name: 'part', in: 'path', required: true },
        { name: 'limit', in: 'query', required: false, schema: { default: 50, minimum: 1, maximum: 500 } },
        { name: 'cursor', in: 'query', required: false },
        { name: 'tag', in: 'query', required: false },
      ],
      requestBody: { content: { 'application/json': { schema: { properties: { name: { default: 'x' } }, additionalProperties: false } } } },
      responses: { 202: { content: { 'application/json': { schema: { required: ['name'] } } } }, default: {} },
    });
    expect(paths['/api/things/{id}/parts/{part}']?.['get']).toMatchObject({ security: [{ accessToken: [] }, { apiKey: [] }] });
  });

  it('has every route of the management API, and no others', async () => {
    const router = managementApi({
      endpoints,
      callerOf: () => Promise.reject(new Error('Nobody asks.')),
      countAddress: async () => undefined,
      clientAddressOf: () => '',
      isCredential: () => false,
      isReady: () => true,
      bodyBytesMax: 1,
    });
    const routes = router.stack.map(({ path }) => String(path)).filter((path) => path !== '/healthz');
    const { paths } = await described();
    expect(Object.keys(paths).sort()).toEqual([...new Set(routes.map((path) => path.replaceAll(/:(\w+)/g, '{$1}')))].sort());
  });
});
