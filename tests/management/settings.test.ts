import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { createOwnDatabase, databaseKinds, type OwnDatabase } from '../support/own-database.js';
import { ManagementClient } from './management-client.js';

interface Section {
  readonly section: string;
  readonly schema: { readonly properties: Readonly<Record<string, { readonly title?: string; readonly default?: unknown }>> };
  readonly values: Readonly<Record<string, unknown>>;
  readonly stored: readonly string[];
}

interface Audited {
  readonly items: readonly { readonly kind: string; readonly name: string; readonly fields: unknown; readonly author: object }[];
}

describe('settings over the management API', () => {
  let gateway: TestGateway;
  let root: ManagementClient;
  let admin: ManagementClient;

  beforeAll(async () => {
    gateway = await startGateway({
      apply: {
        users: [
          { username: 'root', role: 'root' },
          { username: 'ada', role: 'admin' },
        ],
      },
    });
    root = await ManagementClient.of(gateway);
    admin = await ManagementClient.of(gateway, 'ada');
  });
  afterAll(() => gateway?.stop());

  it('show what each field is, what is in force, and what somebody has set', async () => {
    const { items: sections } = await root.done<{ items: readonly Section[] }>('GET', '/api/settings');
    const health = sections.find(({ section }) => section === 'health');
    expect(health).toMatchObject({ stored: [], values: { openAfterFailures: 5 } });
    expect(health?.schema.properties['openAfterFailures']).toMatchObject({ default: 5, title: expect.any(String) as string });
    expect(await root.done('GET', '/api/settings/health')).toEqual(health);
  });

  it('are set all or none, take what they show, and go back to their defaults', async () => {
    const set = await root.done<Section>('PUT', '/api/settings/health', { openAfterFailures: 3, coolDownMs: 2_000 });
    expect(set).toMatchObject({ values: { openAfterFailures: 3, coolDownMs: 2_000 }, stored: ['coolDownMs', 'openAfterFailures'] });
    const refused = await root.ask('PUT', '/api/settings/health', { openAfterFailures: 4, coolDownMs: -1 });
    expect(refused).toMatchObject({ status: 400, body: { code: 'invalid_setting', field: 'health.coolDownMs' } });
    expect(await root.done('GET', '/api/settings/health')).toEqual(set);
    expect(await root.done('PUT', '/api/settings/health', { openAfterFailures: null })).toMatchObject({
      values: { openAfterFailures: 5 },
      stored: ['coolDownMs'],
    });
    for (const { section, values } of (await root.done<{ items: readonly Section[] }>('GET', '/api/settings')).items)
      expect(await root.ask('PUT', `/api/settings/${section}`, values), section).toMatchObject({ status: 200, body: { values } });
  });

  it('name what there is not', async () => {
    expect(await root.ask('PUT', '/api/settings/health', { coolDown: 1 })).toMatchObject({
      status: 400,
      body: { code: 'unknown_setting', field: 'health.coolDown' },
    });
    expect(await root.ask('GET', '/api/settings/heath')).toMatchObject({ status: 400, body: { code: 'unknown_setting' } });
  });

  it('are for root alone, and so is who has changed them', async () => {
    for (const [method, path] of [
      ['GET', '/api/settings'],
      ['GET', '/api/settings/health'],
      ['PUT', '/api/settings/health'],
    ] as const)
      expect(await admin.ask(method, path, method === 'PUT' ? {} : undefined)).toMatchObject({ status: 403 });
    const byAll = await root.done<Audited>('GET', '/api/audit?kind=setting&name=health');
    expect(byAll.items[0]).toMatchObject({ kind: 'setting', name: 'health', author: { kind: 'api', clientAddress: '127.0.0.1' } });
    expect((await admin.done<Audited>('GET', '/api/audit?kind=setting')).items).toEqual([]);
    const { items } = await admin.done<Audited>('GET', '/api/audit');
    expect(items.map(({ kind }) => kind)).not.toContain('setting');
    expect(items.map(({ kind }) => kind)).toContain('access-token');
  });

  it('are remembered change by change, page by page', async () => {
    await root.done('PUT', '/api/settings/routing', { strategy: 'cheapest' });
    await root.done('PUT', '/api/settings/routing', { strategy: 'weighted' });
    const seen: unknown[] = [];
    let cursor = '';
    do {
      const page = await root.done<Audited & { next?: string }>('GET', `/api/audit?kind=setting&name=routing&limit=1${cursor}`);
      seen.push(...page.items.map(({ fields }) => fields));
      cursor = page.next === undefined ? '' : `&cursor=${page.next}`;
    } while (cursor !== '');
    expect(seen.slice(0, 2)).toEqual([
      [{ field: 'strategy', from: 'cheapest', to: 'weighted' }],
      [{ field: 'strategy', from: expect.any(String) as string, to: 'cheapest' }],
    ]);
  });
});

describe.runIf(databaseKinds.includes('postgres'))('settings on two nodes', () => {
  let database: OwnDatabase;
  const nodes: TestGateway[] = [];

  beforeAll(async () => {
    database = await createOwnDatabase();
    const environment = { DATABASE_URL: database.url, TOLLGATE_SECRET: 'a secret that both of the nodes have' };
    nodes.push(await startGateway({ apply: { users: [{ username: 'root', role: 'root' }] }, environment }));
    nodes.push(await startGateway({ environment }));
  });
  afterAll(async () => {
    for (const node of nodes) await node.stop();
    await database?.drop();
  });

  it('are live on both', async () => {
    const [first, second] = nodes as [TestGateway, TestGateway];
    const root = await ManagementClient.of(first);
    const prices = async (node: TestGateway): Promise<number> => (await new ManagementClient(node).ask('GET', '/api/prices')).status;
    expect([await prices(first), await prices(second)]).toEqual([200, 200]);
    await root.done('PUT', '/api/settings/priceSync', { publish: false });
    expect(await prices(first)).toBe(404);
    await eventually('the other node to follow', async () => (await prices(second)) === 404);
  });
});
