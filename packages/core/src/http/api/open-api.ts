import { z } from 'zod';
import { permissions, permissionsOfApiKeys } from '../../modules/access/index.js';
import { problem, problemType } from '../problem-details.js';
import { defineEndpoint, type Endpoint } from './endpoint.js';
import { type JsonSchema, SchemaComponents } from './schema-components.js';

const cacheSeconds = 60;

/** The description of all endpoints, itself among them. */
export function withOpenApi(endpoints: readonly Endpoint[], version: string): readonly Endpoint[] {
  let document: JsonSchema | undefined;
  const own = defineEndpoint({
    method: 'GET',
    path: '/api/openapi.json',
    title: 'This description of the management API, in OpenAPI 3.1',
    permission: 'public',
    cacheSeconds,
    response: z.record(z.string(), z.unknown()),
    handle: async () => {
      document ??= openApiDocument(all, version);
      return document;
    },
  });
  const all = [...endpoints, own];
  return all;
}

/** @throws TypeError if two schemas have one id. */
export function openApiDocument(endpoints: readonly Endpoint[], version: string): JsonSchema {
  const components = new SchemaComponents();
  const paths: Record<string, Record<string, unknown>> = {};
  for (const endpoint of endpoints) {
    const path = endpoint.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operationOf(endpoint, components) };
  }
  const problemSchema = components.add(problem, 'output');
  return {
    openapi: '3.1.1',
    info: {
      title: 'Tollgate management API',
      version,
      description: 'Amounts are points as decimal text; 500,000 points are 1 US dollar. Times are ISO 8601 in UTC.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: components.all(),
      responses: {
        Problem: {
          description: 'Why there is no answer, as RFC 9457 has it. The codes stand in docs/errors.md.',
          content: { [problemType]: { schema: problemSchema } },
        },
      },
      securitySchemes: {
        accessToken: { type: 'http', scheme: 'bearer', description: 'Made by `tollgate token create --access`; may what its user may.' },
        apiKey: { type: 'http', scheme: 'bearer', description: 'A key that calls models: sees what is its own, and changes nothing.' },
      },
    },
  };
}

function operationOf(endpoint: Endpoint, components: SchemaComponents): JsonSchema {
  const { method, path, title, permission, body, response, textType = 'application/json', status } = endpoint;
  const answer = { description: 'As asked for.', content: { [textType]: { schema: components.add(response, 'output') } } };
  return {
    operationId: operationIdOf(method, path),
    tags: [path.replace(/^\/(api\/)?/, '').split(/[/.]/)[0]],
    summary: title,
    ...(permission === 'public' ? {} : { description: `Needs the permission \`${permission}\`: ${permissions[permission]}.` }),
    security: securityOf(permission),
    parameters: [...parametersOf('path', endpoint.params, components), ...parametersOf('query', endpoint.query, components)],
    ...(body === undefined ? {} : { requestBody: { required: true, content: bodiesOf(endpoint, components.add(body, 'input')) } }),
    responses: { [status]: answer, default: { $ref: '#/components/responses/Problem' } },
  };
}

function bodiesOf({ textBody }: Endpoint, schema: JsonSchema): JsonSchema {
  const texts = (textBody?.types ?? []).map((type) => [type, { schema: { type: 'string' } }] as const);
  return { 'application/json': { schema }, ...Object.fromEntries(texts) };
}

/** `GET /api/prices/sync` → `getPricesSync`; a parameter is named by `by`. */
function operationIdOf(method: string, path: string): string {
  const words = path
    .replace(/^\/(api\/)?/, '')
    .replaceAll(/:(\w+)/g, 'by-$1')
    .split(/[^A-Za-z0-9]+/);
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function securityOf(permission: Endpoint['permission']): readonly JsonSchema[] {
  if (permission === 'public') return [];
  return [{ accessToken: [] }, ...(permissionsOfApiKeys.has(permission) ? [{ apiKey: [] }] : [])];
}

function parametersOf(place: 'path' | 'query', schema: z.ZodType, components: SchemaComponents): readonly JsonSchema[] {
  const { properties = {}, required = [] } = components.add(schema, 'input') as {
    readonly properties?: Readonly<Record<string, JsonSchema>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, field]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(field['title'] === undefined ? {} : { description: field['title'] }),
    schema: field,
  }));
}
