import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { databaseKinds } from '../support/own-database.js';
import { type ApiAnswer, ManagementClient } from './management-client.js';
import { type JsonSchema, valuesOf } from './schema-values.js';

interface Operation {
  readonly security: readonly object[];
  readonly description?: string;
  readonly parameters: readonly { readonly name: string; readonly in: 'path' | 'query'; readonly schema: JsonSchema }[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: JsonSchema } } };
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

interface Sent {
  readonly path: string;
  readonly body: string | undefined;
}

/** Requests to each endpoint in each run. */
const requestsEach = 40;
const answerTimeMaxMs = 10_000;

/** What programs send that go wrong, and people who try something. */
const oddTexts = [
  '',
  '\0',
  '\ud800',
  '%',
  "'; drop table channels; --",
  '../..',
  '__proto__',
  'constructor',
  '1e999',
  '-1',
  'null',
  '٣',
  'x'.repeat(5_000),
];
const oddBodies = [
  '',
  '{',
  'null',
  '[]',
  '"text"',
  '0',
  '{"__proto__":{"a":1}}',
  '{"a":1,"a":2}',
  '['.repeat(20_000),
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
];

describe.each(databaseKinds)('any request to the management API on %s', (database) => {
  let gateway: TestGateway;
  let clients: Readonly<Record<'root' | 'ada' | 'eve', ManagementClient>>;
  let description: Description;
  let channelIds: readonly string[];

  beforeAll(async () => {
    gateway = await startGateway({
      database,
      environment: { BODY_LIMIT_MB: '1' },
      apply: {
        channels: [
          {
            name: 'a',
            provider: 'openai-compatible',
            config: { baseUrl: 'https://api.example.com/v1' },
            keys: ['sk-a', 'sk-b'],
            models: ['m'],
          },
        ],
        users: [
          { username: 'root', role: 'root' },
          { username: 'ada', role: 'admin' },
          { username: 'eve', role: 'user' },
        ],
        // Thousands of requests from one address are meant here.
        settings: { limits: { requestsPerMinute: 0, requestsPerHour: 0, requestsPerDay: 0 } },
      },
    });
    clients = {
      root: await ManagementClient.of(gateway),
      ada: await ManagementClient.of(gateway, 'ada'),
      eve: await ManagementClient.of(gateway, 'eve'),
    };
    description = await clients.root.done('GET', '/api/openapi.json');
    channelIds = (await clients.root.done<{ items: readonly { id: string }[] }>('GET', '/api/channels')).items.map(({ id }) => id);
  });
  afterAll(() => gateway?.stop());

  const operations = (): readonly (readonly [string, string, Operation])[] =>
    Object.entries(description.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => [method.toUpperCase(), path, operation] as const),
    );

  function requestsTo(path: string, { parameters, requestBody }: Operation): fc.Arbitrary<Sent> {
    const valueOf = (schema: JsonSchema): fc.Arbitrary<string> =>
      fc.oneof(
        valuesOf(schema, description.components.schemas).map(String),
        fc.constantFrom(...oddTexts, ...channelIds, 'health'),
        fc.string(),
      );
    const inPath = parameters.filter((parameter) => parameter.in === 'path');
    const inQuery = parameters.filter((parameter) => parameter.in === 'query');
    const filled = fc
      .tuple(...inPath.map(({ schema }) => valueOf(schema)))
      .map((values) => inPath.reduce((text, { name }, index) => text.replace(`{${name}}`, encoded(values[index] ?? '')), path));
    const query = fc.record(
      Object.fromEntries([...inQuery.map(({ name, schema }) => [name, valueOf(schema)] as const), ['other', fc.string()] as const]),
      {
        requiredKeys: [],
      },
    );
    const schema = requestBody?.content['application/json'].schema;
    const body =
      schema === undefined
        ? fc.constant(undefined)
        : fc.oneof(
            { weight: 4, arbitrary: valuesOf(schema, description.components.schemas).map((value) => JSON.stringify(value)) },
            { weight: 1, arbitrary: fc.constantFrom(...oddBodies) },
            { weight: 1, arbitrary: fc.json() },
          );
    return fc.tuple(filled, query, body).map(([place, parts, sent]) => ({
      path: `${place}${
        Object.entries(parts).length === 0
          ? ''
          : `?${Object.entries(parts)
              .map(([name, value]) => `${name}=${encoded(String(value))}`)
              .join('&')}`
      }`,
      body: sent,
    }));
  }

  async function answerTo(method: string, { path, body }: Sent): Promise<ApiAnswer> {
    const late = new Promise<never>((_resolve, reject) => {
      setTimeout(() => reject(new Error(`No answer to ${method} ${path}`)), answerTimeMaxMs).unref();
    });
    return Promise.race([clients.root.ask(method, path, body), late]);
  }

  it('needs the permission that the description names', async () => {
    const anonymous = new ManagementClient(gateway);
    for (const [method, path, { security, description: text = '', requestBody }] of operations()) {
      const place = path.replaceAll(/\{\w+\}/g, 'x');
      const body = requestBody === undefined ? undefined : {};
      const allowed = async (client: ManagementClient): Promise<boolean> =>
        ![401, 403].includes((await client.ask(method, place, body)).status);
      const isPublic = security.length === 0;
      expect(await allowed(anonymous), `${method} ${path} without a credential`).toBe(isPublic);
      const permission = /`([a-z.]+)`/.exec(text)?.[1] ?? 'public';
      const few = ['public', 'account.read', 'usage.read'];
      expect(await allowed(clients.eve), `${method} ${path} by a user`).toBe(few.includes(permission));
      const isRoots = /^(settings\.|configuration\.|pricing\.sync)/.test(permission);
      expect(await allowed(clients.ada), `${method} ${path} by an admin`).toBe(!isRoots);
      expect(await allowed(clients.root), `${method} ${path} by root`).toBe(true);
    }
  });

  it('is answered or refused, never with a fault, a hang or a stack', async () => {
    for (const [method, path, operation] of operations()) {
      await fc.assert(
        fc.asyncProperty(requestsTo(path, operation), async (sent) => {
          const { status, contentType, body } = await answerTo(method, sent);
          // What lies beyond the gateway may fail; the gateway may not.
          expect(status, `${method} ${JSON.stringify(sent).slice(0, 2_000)}: ${JSON.stringify(body)}`).toBeLessThan(500);
          if (status < 400) return;
          expect(contentType).toBe('application/problem+json');
          expect(body).toMatchObject({ status, code: expect.stringMatching(/^[a-z_]+$/) as string, detail: expect.any(String) as string });
          expect(JSON.stringify(body)).not.toMatch(/\.[jt]s:\d+|node_modules|\n\s+at /);
        }),
        { numRuns: requestsEach, endOnFailure: true },
      );
    }
    expect(gateway.logs).not.toContain('A request failed');
  }, 600_000);
});

/** Lone surrogates cannot be percent-encoded; what is sent in their place is as broken. */
function encoded(text: string): string {
  return /\p{Cs}/u.test(text) ? '%ED%A0%80' : encodeURIComponent(text);
}
