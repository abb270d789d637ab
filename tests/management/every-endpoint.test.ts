import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answers, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { rawCall } from '../relay/raw-call.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { databaseKinds } from '../support/own-database.js';
import { repositoryFolder } from '../support/repository.js';
import { ManagementClient } from './management-client.js';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

interface RequestParts {
  /** What stands in the place of the path's parameters. */
  readonly params?: Readonly<Record<string, string>>;
  /** Begins with `?`. */
  readonly query?: string;
  readonly body?: object;
}

type Operations = Readonly<Record<string, { readonly responses: object }>>;

interface Listed {
  readonly items: readonly { readonly id: string; readonly name: string }[];
}

const config = { baseUrl: 'https://api.example.com/v1' };
const key = (name: string): string => `sk-${name}-${'0123456789'.repeat(3)}`;
const callKey = key('call');
const priceList = { object: 'price_list', currency: 'USD', prices: ['n', 'o'].map((model) => ({ model, modelRatio: '2' })) };

/** What the others have been through: fitting requests, each of which does what its endpoint is for. */
describe.each(databaseKinds)('the management API on %s', (database) => {
  let upstream: ScriptedUpstream;
  let priceSource: Server;
  let balanceSource: string;
  let gateway: TestGateway;
  let root: ManagementClient;
  let paths: Readonly<Record<string, Operations>>;
  let first: string;
  const sent = new Set<string>();

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    balanceSource = upstream.place('left', (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ hard_limit_usd: 10, total_usage: 50 }));
    });
    priceSource = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(priceList));
    });
    await new Promise<void>((resolve) => priceSource.listen(0, '127.0.0.1', resolve));
    const priceUrl = `http://127.0.0.1:${(priceSource.address() as AddressInfo).port}`;
    const place = upstream.place('first', answers({ text: 'Good.' }));
    gateway = await startGateway({
      configFile: join(repositoryFolder, 'tests/support/preset-config/tollgate.config.ts'),
      database,
      apply: {
        models: [{ name: 'm', modelRatio: 1 }],
        channels: [
          {
            name: 'first',
            provider: 'openai-compatible',
            config: { baseUrl: place },
            keys: [key('a'), key('b')],
            models: ['m', 'n', 'o'],
            allowPrivate: true,
          },
        ],
        users: [{ username: 'root', role: 'root', points: 1_000_000 }],
        tokens: [{ name: 'call', user: 'root', key: callKey, unlimited: true }],
        settings: { priceSync: { sources: [{ name: 'other', url: priceUrl, allowPrivate: true }] } },
      },
    });
    root = await ManagementClient.of(gateway);
    paths = (await root.done<{ paths: typeof paths }>('GET', '/api/openapi.json')).paths;
    first = await channelNamed('first');
  });
  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
    priceSource?.close().closeAllConnections();
  });

  /** Its answer has the status that the description promises. */
  async function send<Body>(method: Method, path: string, { params = {}, query = '', body }: RequestParts = {}): Promise<Body> {
    const place = path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(params[name] ?? ''));
    const answer = await root.ask(method, `${place}${query}`, body);
    const promised = Object.keys(paths[path]?.[method.toLowerCase()]?.responses ?? {}).filter((status) => status.startsWith('2'));
    expect(promised, `${method} ${path}: ${JSON.stringify(answer.body)}`).toEqual([String(answer.status)]);
    sent.add(`${method} ${path}`);
    return answer.body as Body;
  }

  async function channelNamed(name: string): Promise<string> {
    const { items } = await send<Listed>('GET', '/api/channels', { query: `?name=${encodeURIComponent(name)}` });
    return items.find((channel) => channel.name === name)?.id ?? '';
  }

  it('describes itself, its caller and what it can be told', async () => {
    await send('GET', '/api/openapi.json');
    await send('GET', '/api/account');
    await send('GET', '/api/account/groups');
    await send('GET', '/api/providers');
    await send('GET', '/metrics');
    await send('GET', '/api/settings');
    await send('PUT', '/api/settings/{section}', { params: { section: 'routing' }, body: { strategy: 'weighted' } });
    await send('GET', '/api/settings/{section}', { params: { section: 'routing' } });
  });

  it('has receipts of calls, and says where others would go', async () => {
    const { headers } = await rawCall({ url: gateway.url, key: callKey, dialect: 'openai-chat', model: 'm' });
    await eventually('there is a receipt', async () => {
      const { items } = await send<Listed>('GET', '/api/usage', { query: '?limit=1' });
      return items.length === 1;
    });
    await send('GET', '/api/usage/{requestId}', { params: { requestId: headers.get('x-request-id') ?? '' } });
    await send('POST', '/api/routing/simulate', { body: { model: 'm' } });
  });

  it('makes, finds, changes and deletes channels and their keys', async () => {
    const id = { params: { id: first } };
    await send('POST', '/api/channels', { body: { name: 'second', provider: 'openai-compatible', config, keys: key('c'), models: ['m'] } });
    await send('GET', '/api/channels/{id}', id);
    await send('PATCH', '/api/channels/{id}', { ...id, body: { tag: 'eu', weight: 2 } });
    await send('POST', '/api/channels/{id}/copy', { ...id, body: { name: 'third' } });
    await send('GET', '/api/channels/{id}/models', id);
    await send('POST', '/api/channels/{id}/models', { ...id, body: { add: ['p'], remove: ['p'] } });
    await send('POST', '/api/channels/{id}/models/sync', id);
    await send('POST', '/api/channels/{id}/test', { ...id, body: { model: 'm' } });
    await send('GET', '/api/channels/{id}/test', id);
    const { channels } = await send<{ channels: Listed['items'] }>('POST', '/api/channels', {
      body: {
        name: 'with balance',
        provider: 'new-api',
        config: { baseUrl: balanceSource },
        keys: key('f'),
        models: ['m'],
        allowPrivate: true,
      },
    });
    const asked = { params: { id: channels[0]?.id ?? '' }, body: {} };
    const { keys: balances } = await send<{ keys: readonly object[] }>('POST', '/api/channels/{id}/balance', asked);
    expect(balances).toMatchObject([{ balance: { amounts: [{ amount: '9.50', currency: 'USD' }] } }]);
    const run = await send<{ id: string }>('POST', '/api/channel-runs', { body: { kind: 'balance', filter: { name: 'with balance' } } });
    const ofRun = { params: { id: run.id } };
    await eventually('the run is done', async () => {
      const { state } = await send<{ state: string }>('GET', '/api/channel-runs/{id}', ofRun);
      return state === 'done';
    });
    await send('GET', '/api/channel-runs/{id}/channels', ofRun);
    await send('POST', '/api/channel-runs/{id}/cancel', ofRun);
    await send('GET', '/api/channel-runs');
    await send('GET', '/api/channel-tags');
    await send('POST', '/api/channels/{id}/keys', { ...id, body: { keys: [key('d')] } });
    const keys = await send<Listed>('GET', '/api/channels/{id}/keys', id);
    const keyId = keys.items[2]?.id ?? '';
    await send('PATCH', '/api/channels/{id}/keys/{keyId}', { params: { id: first, keyId }, body: { remark: 'the third' } });
    await send('POST', '/api/channels/{id}/model-batch', { ...id, body: { models: ['m'], action: 'enable' } });
    await send('PUT', '/api/channels/{id}/keys/{keyId}', { params: { id: first, keyId }, body: { key: key('e') } });
    await send('POST', '/api/channels/{id}/key-batch', { ...id, body: { ids: [keys.items[1]?.id], action: 'disable' } });
    await send('POST', '/api/channel-batch', { body: { filter: { tag: 'eu' }, change: { priority: 1 } } });
    await send('DELETE', '/api/channels/{id}', { params: { id: await channelNamed('second') } });
    await send('POST', '/api/channel-batch/delete', { body: { filter: { name: 'third' } } });
  });

  it('makes, prices, finds and takes away groups, vendors and models', async () => {
    const gold = { params: { name: 'gold' } };
    await send('POST', '/api/groups', { body: { name: 'gold', ratio: 0.5 } });
    await send('GET', '/api/groups/{name}', gold);
    await send('PATCH', '/api/groups/{name}', { ...gold, body: { description: 'Fast' } });
    await send('POST', '/api/groups/{name}/channels', { ...gold, body: { add: ['first'] } });
    await send('POST', '/api/groups/{name}/channels', { ...gold, body: { remove: ['first'] } });
    await send('GET', '/api/groups');
    await send('DELETE', '/api/groups/{name}', gold);
    const maker = { params: { name: 'maker' } };
    await send('POST', '/api/vendors', { body: { name: 'maker' } });
    await send('PATCH', '/api/vendors/{name}', { ...maker, body: { description: 'Makes models' } });
    await send('GET', '/api/vendors');
    await send('DELETE', '/api/vendors/{name}', maker);
    const own = { params: { name: 'own' } };
    await send('POST', '/api/models', { body: { name: 'own', price: { modelRatio: 1 } } });
    await send('GET', '/api/models/entries/{name}', own);
    await send('PATCH', '/api/models/entries/{name}', { ...own, body: { description: 'Ours' } });
    await send('POST', '/api/model-batch', { body: { models: ['own'], change: { enabled: false } } });
    await send('GET', '/api/models', { query: '?limit=1' });
    await send('GET', '/api/models/unknown');
    await send('DELETE', '/api/models/entries/{name}', own);
  });

  it('compares prices with those of others and takes them over', async () => {
    await send('POST', '/api/prices/sync');
    await eventually('the sync is done', async () => {
      const { run } = await send<{ run?: { state: string } }>('GET', '/api/prices/sync');
      return run?.state === 'done';
    });
    await send('GET', '/api/prices/differences');
    await send('GET', '/api/prices/missing');
    await send('POST', '/api/prices/apply', { body: { choices: [{ model: 'n', source: 'other' }] } });
    await send('POST', '/api/prices/apply-unopposed', { body: { source: 'other' } });
    await send('GET', '/api/pricing');
    const { prices } = await send<{ prices: readonly { model: string }[] }>('GET', '/api/prices');
    expect(prices.map(({ model }) => model)).toEqual(expect.arrayContaining(['m', 'n', 'o']));
  });

  it('tells the whole configuration and takes it back', async () => {
    const { file } = await send<{ file: object }>('GET', '/api/apply', { query: '?sections=groups,settings' });
    await send('POST', '/api/apply', { body: { file: { ...file, vendors: { applied: {} } } } });
  });

  it('gives its configuration out, and takes another in', async () => {
    const { file } = await send<{ file: object }>('GET', '/api/apply', { query: '?sections=models' });
    expect(file).toHaveProperty('models');
    await send('POST', '/api/apply', { body: { file: { groups: { silver: {} } } } });
  });

  it('remembers who has changed what', async () => {
    const { items } = await send<Listed>('GET', '/api/audit', { query: '?limit=500' });
    const names = items.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['first', 'second', 'third', 'gold', 'maker', 'own', 'routing', 'n', 'o', 'applied']));
  });

  it('has no endpoint beside these', () => {
    const declared = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect([...sent].sort()).toEqual(declared.sort());
  });
});
