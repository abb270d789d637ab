import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answers, type Behaviour, refuses, type ScriptedUpstream, sendJson, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { createOwnDatabase, databaseKinds, type OwnDatabase } from '../support/own-database.js';
import { repositoryFolder } from '../support/repository.js';
import { ManagementClient } from './management-client.js';

interface Run {
  readonly id: string;
  readonly state: string;
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly leftOut: number;
}

interface Item {
  readonly name: string;
  readonly ok?: boolean;
  readonly tests?: readonly { readonly ok: boolean; readonly model: string; readonly stream: boolean; readonly failure?: object }[];
  readonly balance?: object;
  readonly problem?: { readonly code: string };
}

interface Listed {
  readonly items: readonly { readonly id: string; readonly name: string; readonly lastTest?: { readonly ok: boolean } }[];
}

const configFile = join(repositoryFolder, 'tests/support/preset-config/tollgate.config.ts');
const secret = `sk-run-${'0123456789'.repeat(3)}`;
const hangs: Behaviour = () => undefined;
const saysWhatIsLeft: Behaviour = (_request, response) =>
  sendJson(response, 200, { balance_infos: [{ currency: 'USD', total_balance: '4' }] });

/** What tests of runs ask of a gateway. */
class Runs {
  readonly #root: ManagementClient;

  constructor(root: ManagementClient) {
    this.#root = root;
  }

  start(body: object): Promise<Run> {
    return this.#root.done('POST', '/api/channel-runs', body);
  }

  one(id: string): Promise<Run> {
    return this.#root.done('GET', `/api/channel-runs/${id}`);
  }

  async items(id: string, query = ''): Promise<readonly Item[]> {
    return (await this.#root.done<{ items: readonly Item[] }>('GET', `/api/channel-runs/${id}/channels${query}`)).items;
  }

  async over(id: string): Promise<Run> {
    await eventually('the run is over', async () => (await this.one(id)).state === 'done', 20_000);
    return this.one(id);
  }
}

describe.each(databaseKinds)('many channels at once on %s', (database) => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let root: ManagementClient;
  let runs: Runs;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const channel = (name: string, behaviour: Behaviour, fields: object = {}) => ({
      name,
      provider: 'openai-compatible',
      config: { baseUrl: upstream.place(name, behaviour) },
      keys: [secret],
      models: ['m', 'n'],
      allowPrivate: true,
      ...fields,
    });
    const vendor = (name: string, behaviour: Behaviour) =>
      channel(name, behaviour, {
        provider: 'deepseek',
        tag: 'vendor',
        config: { baseUrl: upstream.place(name, behaviour).replace(/\/v1$/, '') },
      });
    gateway = await startGateway({
      configFile,
      database,
      apply: {
        users: [
          { username: 'root', role: 'root' },
          { username: 'eve', role: 'user' },
        ],
        // What a node that was killed was at is free soon.
        settings: { ledger: { nodeLeaseMs: 3_000 } },
        channels: [
          ...Array.from({ length: 12 }, (_, index) => channel(`good-${index}`, answers({ text: 'Hi.' }), { tag: 'good' })),
          channel('off', answers({ text: 'Hi.' }), { tag: 'mixed', enabled: false }),
          channel('refusing', refuses(401, { error: { message: `${secret} is unknown` } }), { tag: 'mixed' }),
          channel('pattern', answers(), { tag: 'mixed', models: ['some-*'] }),
          channel('slow', hangs, { tag: 'slow' }),
          vendor('left', saysWhatIsLeft),
          vendor('broke', refuses(402)),
        ],
      },
    });
    root = await ManagementClient.of(gateway);
    runs = new Runs(root);
  });
  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  it('are tested where a filter means them, each once, and show it', async () => {
    const begun = await root.ask('POST', '/api/channel-runs', { kind: 'test', filter: { tag: 'good' } });
    expect(begun).toMatchObject({ status: 202, body: { kind: 'test', total: 12, leftOut: 0 } });
    const { id } = begun.body as Run;
    expect(await runs.over(id)).toMatchObject({ state: 'done', total: 12, done: 12, failed: 0 });
    const items = await runs.items(id);
    expect(items.every(({ ok, tests }) => ok === true && tests?.length === 1)).toBe(true);
    for (let index = 0; index < 12; index += 1) expect(upstream.requestsTo(`good-${index}`)).toHaveLength(1);
    const { items: channels } = await root.done<Listed>('GET', '/api/channels?tag=good');
    expect(channels.every(({ lastTest }) => lastTest?.ok === true)).toBe(true);
    expect((await root.done<{ items: readonly Run[] }>('GET', '/api/channel-runs')).items[0]).toMatchObject({ id, state: 'done' });
  });

  it('are tested by what is wished, and the others say what is wrong', async () => {
    const { id } = await runs.start({ kind: 'test', filter: { tag: 'mixed' }, model: 'n', stream: true });
    expect(await runs.over(id)).toMatchObject({ total: 3, done: 3, failed: 1 });
    const [off] = await runs.items(id, '?outcome=ok&limit=1');
    expect(off).toMatchObject({ name: 'off', tests: [{ ok: true, model: 'n', stream: true }] });
    const failed = await runs.items(id, '?outcome=failed');
    expect(failed).toMatchObject([{ name: 'refusing', tests: [{ ok: false, failure: { kind: 'authentication' } }] }]);
    const byThemselves = await runs.start({ kind: 'test', filter: { tag: 'mixed', name: 'pattern' } });
    expect(await runs.over(byThemselves.id)).toMatchObject({ total: 1, failed: 1 });
    expect(await runs.items(byThemselves.id)).toMatchObject([{ name: 'pattern', problem: { code: 'test_model_missing' } }]);
  });

  it('are listed page by page', async () => {
    const { id } = await runs.start({ kind: 'test', filter: { tag: 'good' } });
    await runs.over(id);
    const names: string[] = [];
    let query = '?limit=5';
    for (let page = 0; page < 3; page += 1) {
      const { items, next } = await root.done<{ items: readonly Item[]; next?: string }>('GET', `/api/channel-runs/${id}/channels${query}`);
      names.push(...items.map(({ name }) => name));
      query = `?limit=5&cursor=${encodeURIComponent(next ?? '')}`;
    }
    expect(names).toEqual(names.toSorted());
    expect(new Set(names).size).toBe(12);
  });

  it('are asked what is left where their places say it', async () => {
    const { id } = await runs.start({ kind: 'balance' });
    expect(await runs.over(id)).toMatchObject({ total: 2, done: 2, failed: 1, leftOut: 16 });
    expect(await runs.items(id)).toMatchObject([
      { name: 'broke', ok: false, balance: { sums: [], failedKeys: 1, failure: { status: 402 } } },
      { name: 'left', ok: true, balance: { sums: [{ currency: 'USD', total: '4.00', lowest: '4.00' }], failedKeys: 0 } },
    ]);
    expect((await root.done<Listed>('GET', '/api/channels?name=left')).items).toMatchObject([{ balance: { sums: [{ total: '4.00' }] } }]);
  });

  it('are asked by one run of a kind at a time, which can be ended', async () => {
    const { id } = await runs.start({ kind: 'test', filter: { tag: 'slow' } });
    await eventually('its upstream is asked', () => upstream.requestsTo('slow').length === 1);
    const second = await root.ask('POST', '/api/channel-runs', { kind: 'test' });
    expect(second).toMatchObject({ status: 409, body: { code: 'channel_run_under_way' } });
    expect(JSON.stringify(second.body)).toContain(id);
    // Another kind does not wait for it.
    await runs.over((await runs.start({ kind: 'balance', filter: { name: 'left' } })).id);
    expect(await runs.one(id)).toMatchObject({ state: 'running', done: 0, total: 1 });
    expect(await root.done('POST', `/api/channel-runs/${id}/cancel`)).toMatchObject({ state: 'cancelled', done: 0 });
    await eventually('what it asked is broken off', () => upstream.openResponses() === 0);
    expect(await runs.items(id, '?outcome=waiting')).toEqual([{ channelId: expect.any(String) as string, name: 'slow' }]);
    expect((await root.done<Listed>('GET', '/api/channels?name=slow')).items[0]).not.toHaveProperty('lastTest');
    await runs.over((await runs.start({ kind: 'test', filter: { tag: 'good' } })).id);
    expect(await root.done('POST', `/api/channel-runs/${id}/cancel`)).toMatchObject({ state: 'cancelled' });
  });

  it.each(['SIGKILL', 'SIGTERM'] as const)('go on where a node was ended by %s', async (signal) => {
    upstream.place('slow', hangs);
    const [slowBefore, goodBefore] = ['slow', 'good-0'].map((name) => upstream.requestsTo(name).length) as [number, number];
    const { id } = await runs.start({ kind: 'test', filter: { ids: await idsOf('slow', 'good-0') } });
    await eventually(
      'all but one are tested',
      async () => (await runs.one(id)).done === 1 && upstream.requestsTo('slow').length > slowBefore,
    );
    await gateway.kill(signal);
    upstream.place('slow', answers({ text: 'Late.' }));
    await gateway.start();
    expect(await runs.over(id)).toMatchObject({ total: 2, done: 2, failed: 0 });
    expect(upstream.requestsTo('slow').length).toBe(slowBefore + 2);
    expect(upstream.requestsTo('good-0').length).toBe(goodBefore + 1);
  });

  async function idsOf(...names: readonly string[]): Promise<readonly string[]> {
    const { items } = await root.done<Listed>('GET', '/api/channels?limit=500');
    return items.filter(({ name }) => names.includes(name)).map(({ id }) => id);
  }

  it('are asked by those who may, for what there is', async () => {
    const eve = await ManagementClient.of(gateway, 'eve');
    expect(await eve.ask('POST', '/api/channel-runs', { kind: 'test' })).toMatchObject({ status: 403 });
    expect(await root.ask('POST', '/api/channel-runs', { kind: 'balance', model: 'm' })).toMatchObject({ status: 400 });
    for (const [method, path] of [
      ['GET', '/api/channel-runs/x'],
      ['GET', '/api/channel-runs/x/channels'],
      ['POST', '/api/channel-runs/x/cancel'],
    ] as const)
      expect(await root.ask(method, path)).toMatchObject({ status: 404, body: { code: 'channel_run_not_found' } });
    const { id } = await runs.start({ kind: 'test', filter: { tag: 'nobody' } });
    expect(await runs.over(id)).toMatchObject({ total: 0, done: 0 });
  });

  it('say nothing of their keys', async () => {
    const { items } = await root.done<{ items: readonly Run[] }>('GET', '/api/channel-runs');
    expect(items.length).toBeGreaterThan(5);
    for (const { id } of items) expect(JSON.stringify(await runs.items(id))).not.toContain(secret);
    expect(gateway.logs).not.toContain(secret);
  });
});

describe.skipIf(!databaseKinds.includes('postgres'))('many channels at once on two nodes', () => {
  let upstream: ScriptedUpstream;
  let database: OwnDatabase;
  let nodes: readonly [TestGateway, TestGateway];
  let clients: readonly [ManagementClient, ManagementClient];

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    database = await createOwnDatabase();
    const environment = { DATABASE_URL: database.url, TOLLGATE_SECRET: 'a secret that both nodes share with each other' };
    const first = await startGateway({
      environment,
      apply: {
        users: [{ username: 'root', role: 'root' }],
        channels: [
          {
            name: 'slow',
            provider: 'openai-compatible',
            config: { baseUrl: upstream.place('slow', hangs) },
            keys: [secret],
            models: ['m'],
            allowPrivate: true,
          },
        ],
      },
    });
    nodes = [first, await startGateway({ environment })];
    const { stdout } = await first.command('token', 'create', '--access');
    clients = [new ManagementClient(nodes[0], stdout.trim()), new ManagementClient(nodes[1], stdout.trim())];
  });
  afterAll(async () => {
    for (const node of nodes ?? []) await node.stop();
    await upstream?.close();
    await database?.drop();
  });

  it('are asked once for both, and ended from either', async () => {
    const begun = await Promise.all(clients.map((client) => client.ask('POST', '/api/channel-runs', { kind: 'test' })));
    expect(begun.map(({ status }) => status).toSorted()).toEqual([202, 409]);
    const id = (begun.find(({ status }) => status === 202)?.body as Run | undefined)?.id ?? '';
    await eventually('the upstream is asked', () => upstream.requestsTo('slow').length > 0);
    // One of the nodes is not the one that asks.
    for (const client of clients) expect(await new Runs(client).one(id)).toMatchObject({ state: 'running', total: 1 });
    for (const client of clients) await client.done('POST', `/api/channel-runs/${id}/cancel`);
    await eventually('the question is broken off', () => upstream.openResponses() === 0);
    expect(upstream.requestsTo('slow')).toHaveLength(1);
  });

  it('are taken over from a node that dies', async () => {
    const asked = upstream.requestsTo('slow').length;
    await nodes[1].kill('SIGTERM');
    const { id } = await new Runs(clients[0]).start({ kind: 'test' });
    await eventually('the first node asks', () => upstream.requestsTo('slow').length > asked);
    await nodes[1].start();
    await nodes[0].kill('SIGKILL');
    upstream.place('slow', answers({ text: 'Hi.' }));
    // As if so long had passed: what a dead node holds it no longer renews.
    await database.run("update jobs set lease_until = 0 where kind = 'channel-run-test' and lease_until is not null");
    expect(await new Runs(clients[1]).over(id)).toMatchObject({ done: 1, failed: 0 });
  });
});
