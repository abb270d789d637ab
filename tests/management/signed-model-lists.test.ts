import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bedrockKey, checkSignature, region } from '../relay/presets/bedrock-place.js';
import { type Behaviour, type ScriptedUpstream, sendJson, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { repositoryFolder } from '../support/repository.js';
import { ManagementClient } from './management-client.js';

const fixture = join(repositoryFolder, 'packages/adapter-bedrock/__fixtures__/bedrock/models.json');
const foundation: unknown = JSON.parse(readFileSync(fixture, 'utf8'));
const profiles = {
  inferenceProfileSummaries: [{ inferenceProfileId: 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0', status: 'ACTIVE', models: [] }],
};

/** Tells only whom it knows, by their signatures, and who sends what its proxy wants. */
const lists: Behaviour = (request, response) => {
  try {
    checkSignature(request, 'bedrock');
    if (request.headers['x-team'] !== 'search') throw new Error('Nobody pays for this.');
  } catch (error) {
    // Careless places tell what they were sent.
    const { authorization, 'x-amz-security-token': session } = request.headers;
    return sendJson(response, 403, { message: (error as Error).message, received: { authorization, session } });
  }
  const [, , path] = request.path.split('?')[0]?.split('/') ?? [];
  if (path === 'foundation-models') return sendJson(response, 200, foundation);
  return path === 'inference-profiles' ? sendJson(response, 200, profiles) : sendJson(response, 404, { message: `Nothing is at ${path}.` });
};

interface Listed {
  readonly source?: string;
  readonly models: readonly { readonly id: string }[];
  readonly failure?: { readonly code: string; readonly status?: number; readonly upstreamText?: string };
}

describe('lists of models that have to be signed for', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let root: ManagementClient;

  const unknown = (name: string) => ({
    accessKeyId: `AKID${name}`,
    secretAccessKey: `secret-of-${name}-that-nobody-knows`,
    sessionToken: `session-of-${name}`,
  });

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const channel = (name: string, keys: readonly object[], fields: object = {}) => ({
      name,
      provider: 'bedrock',
      config: { baseUrl: upstream.place(name, lists).replace(/\/v1$/, ''), region, inferenceProfile: 'eu' },
      keys: keys.map((key) => ({ key })),
      headers: [{ set: { 'x-team': 'search' } }],
      models: ['claude-sonnet-4-5'],
      allowPrivate: true,
      ...fields,
    });
    gateway = await startGateway({
      configFile: join(repositoryFolder, 'tests/support/preset-config/tollgate.config.ts'),
      apply: {
        users: [{ username: 'root', role: 'root' }],
        channels: [
          channel('known', [bedrockKey]),
          channel('second', [unknown('ONE'), bedrockKey, unknown('TWO')]),
          channel('refused', [unknown('ONE'), unknown('TWO')]),
          channel('unruled', [bedrockKey], { headers: [] }),
        ] as never,
      },
    });
    root = await ManagementClient.of(gateway);
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  async function listOf(name: string): Promise<Listed> {
    const { items } = await root.done<{ items: readonly { readonly id: string }[] }>('GET', `/api/channels?name=${name}`);
    return root.done<Listed>('GET', `/api/channels/${items[0]?.id}/models`);
  }

  it('are read, with the headers that the channel wants', async () => {
    const { source, models } = await listOf('known');
    expect(source).toBe('upstream');
    expect(models.map(({ id }) => id)).toEqual([
      'amazon.nova-lite-v1:0',
      'anthropic.claude-3-haiku-20240307-v1:0',
      'eu.anthropic.claude-sonnet-4-5-20250929-v1:0',
      'claude-sonnet-4-5',
    ]);
  });

  it('are asked for with the next key where the place does not know the first', async () => {
    expect((await listOf('second')).models).toHaveLength(4);
    const ids = upstream.requestsTo('second').map(({ headers }) => /Credential=(\w+)/.exec(headers.authorization ?? '')?.[1]);
    expect(ids).toEqual(['AKIDONE', bedrockKey.accessKeyId, bedrockKey.accessKeyId]);
  });

  it('are not read where no key is known, and no secret is told', async () => {
    const { models, failure } = await listOf('refused');
    expect(models).toEqual([]);
    expect(failure).toMatchObject({ status: 403, upstreamText: expect.stringContaining('The scope is wrong') as string });
    for (const secret of ['AKIDTWO', 'session-of-', 'secret-of-', 'Signature=']) expect(JSON.stringify(failure)).not.toContain(secret);
    expect(upstream.requestsTo('refused')).toHaveLength(2);
  });

  it('are asked for by the gateway in its own name, as calls are', () => {
    expect(new Set(upstream.requestsTo('known').map(({ headers }) => headers['user-agent']))).toEqual(new Set(['tollgate/0.1.0']));
  });

  it('are not read without the headers that the place wants', async () => {
    expect((await listOf('unruled')).failure).toMatchObject({ status: 403 });
  });
});

describe('lists of models that need a token', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let root: ManagementClient;
  let given = 0;
  let good = 'token-1';

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const tokenUrl = upstream.place('tokens', (_request, response) => {
      given += 1;
      response.writeHead(200).end(`token-${given}`);
    });
    const baseUrl = upstream.place('listing', ({ headers }, response) =>
      headers.authorization === good
        ? sendJson(response, 200, { data: [{ id: 'listed' }] })
        : sendJson(response, 401, { error: { message: `The token ${headers.authorization} has expired.` } }),
    );
    gateway = await startGateway({
      configFile: join(repositoryFolder, 'tests/support/signing-config/tollgate.config.ts'),
      apply: {
        users: [{ username: 'root', role: 'root' }],
        channels: [{ name: 'listing', provider: 'signing', config: { baseUrl, tokenUrl, apiKey: 'unused' }, models: ['m'] }],
      },
    });
    root = await ManagementClient.of(gateway);
  });
  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  it('are read again, by a new one, once the place has refused the old one', async () => {
    const { items } = await root.done<{ items: readonly { readonly id: string }[] }>('GET', '/api/channels');
    const list = () => root.done<Listed>('GET', `/api/channels/${items[0]?.id}/models`);
    expect((await list()).models).toMatchObject([{ id: 'listed' }]);
    good = 'token-2';
    const { failure } = await list();
    expect(failure).toMatchObject({ status: 401, upstreamText: expect.stringContaining('has expired') as string });
    expect(JSON.stringify(failure)).not.toContain('token-1');
    expect((await list()).models).toMatchObject([{ id: 'listed' }]);
    expect(given).toBe(2);
  });

  it('are told to nobody, by a test neither', async () => {
    const { items } = await root.done<{ items: readonly { readonly id: string }[] }>('GET', '/api/channels');
    good = 'token-3';
    const report = await root.done('POST', `/api/channels/${items[0]?.id}/test`, { model: 'm' });
    expect(report).toMatchObject({ ok: false, failure: { upstreamText: expect.stringContaining('has expired') as string } });
    expect(JSON.stringify(report)).not.toContain('token-2');
  });
});
