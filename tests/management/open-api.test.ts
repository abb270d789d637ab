import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { ManagementClient } from './management-client.js';

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

interface Operation {
  readonly operationId: string;
  readonly security: readonly object[];
}

describe('the description of the management API', () => {
  let gateway: TestGateway;
  let paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;

  beforeAll(async () => {
    gateway = await startGateway({ apply: { users: [{ username: 'root', role: 'root' }] } });
    paths = (await new ManagementClient(gateway).done<{ paths: typeof paths }>('GET', '/api/openapi.json')).paths;
  });
  afterAll(() => gateway?.stop());

  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    const result = await validator.validate(await new ManagementClient(gateway).done<Record<string, unknown>>('GET', '/api/openapi.json'));
    expect(result).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  it('names each operation once', () => {
    const ids = Object.values(paths).flatMap((operations) => Object.values(operations).map(({ operationId }) => operationId));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain('getUsageByRequestId');
  });

  it('has the operations that there are, and no others', async () => {
    const client = new ManagementClient(gateway);
    for (const [path, operations] of Object.entries(paths)) {
      const declared = Object.keys(operations);
      const place = path.replaceAll(/\{\w+\}/g, 'x');
      for (const method of declared) {
        const { status, body } = await client.ask(method.toUpperCase(), place);
        expect(status, `${method} ${path}`).toBe(operations[method]?.security.length === 0 ? 200 : 401);
        if (status === 401) expect(body).toMatchObject({ code: 'missing_api_key' });
      }
      const [other] = methods.filter((method) => !declared.includes(method));
      const refused = await client.ask((other ?? 'get').toUpperCase(), place);
      expect(refused, path).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } });
      const allowed = /only (.+)\.$/.exec((refused.body as { detail: string }).detail)?.[1]?.split(', ') ?? [];
      expect(allowed.map((method) => method.toLowerCase()).sort(), path).toEqual([...declared].sort());
    }
  });
});
