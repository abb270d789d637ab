import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManagementClient } from '../management/management-client.js';
import { chatChannel } from '../support/apply-document.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';

type Row = Readonly<Record<string, unknown>>;

interface PriceList {
  readonly groupBy: string;
  readonly vendors: readonly Row[];
  readonly groups: readonly Row[];
  readonly autoOrder: readonly string[];
  readonly prices: readonly Row[];
}

interface ForeignList {
  readonly success: boolean;
  readonly data: readonly Row[];
  readonly vendors: readonly Row[];
  readonly group_ratio: Row;
  readonly usable_group: Row;
  readonly auto_groups: readonly string[];
}

const root = { username: 'root', role: 'root' } as const;
const ours = ['long', 'by-call', 'acme-1', 'acme-2', 'audio'];
const baseUrl = 'https://api.example.com/v1';

describe('the public price list', () => {
  let publisher: TestGateway;
  let reader: TestGateway;
  let ofPublisher: ManagementClient;
  let ofReader: ManagementClient;

  beforeAll(async () => {
    publisher = await startGateway({
      apply: {
        groups: {
          default: { ratio: 1 },
          vip: { ratio: 0.8, usableBy: 'everyone' },
          cheap: { usableBy: ['default'] },
          secret: { ratio: 2 },
        },
        vendors: { Acme: { icon: 'acme', description: 'Makes anvils' }, Brand: {} },
        models: [
          {
            name: 'acme-*',
            modelRatio: '0.123456789',
            completionRatio: 4,
            cacheRatio: '0.1',
            vendor: 'Acme',
            type: 'chat',
            description: 'Quick',
            icon: 'anvil',
            tags: ['a', 'b'],
          },
          {
            name: 'long',
            modelRatio: 1.25,
            completionRatio: 8,
            tiers: [{ inputTokensAbove: 200_000, modelRatio: 2.5 }],
            vendor: 'Brand',
            type: 'chat',
          },
          { name: 'by-call', pricePerCall: 0.02, type: 'audio' },
          { name: 'audio', modelRatio: 2, audioRatio: 20, audioCompletionRatio: 2, type: 'audio', vendor: 'Acme' },
          { name: 'acme-off', enabled: false },
        ],
        channels: [
          chatChannel('open', baseUrl, [...ours, 'acme-off', 'unpriced'], { groups: ['default', 'vip'] }),
          chatChannel('secret', baseUrl, ['acme-secret'], { groups: ['secret'] }),
        ],
        users: [root],
        settings: { groups: { autoOrder: ['vip', 'secret', 'default'] }, pricing: { mode: 'self-use', defaultGroupRatio: 1.5 } },
      },
    });
    reader = await startGateway({
      apply: {
        channels: [chatChannel('main', baseUrl, ours)],
        users: [root],
        settings: {
          priceSync: {
            sources: [
              { name: 'own', url: publisher.url, allowPrivate: true },
              { name: 'foreign', url: `${publisher.url}/api/pricing`, allowPrivate: true },
            ],
          },
        },
      },
    });
    ofPublisher = await ManagementClient.of(publisher);
    ofReader = await ManagementClient.of(reader);
  });
  afterAll(async () => {
    await publisher?.stop();
    await reader?.stop();
  });

  const listed = (of: TestGateway): Promise<PriceList> => new ManagementClient(of).done<PriceList>('GET', '/api/prices');
  const rowOf = async (of: TestGateway, model: string): Promise<Row | undefined> =>
    (await listed(of)).prices.find((row) => row['model'] === model);

  it('has the names that a pattern prices, of groups that anybody may use', async () => {
    const { prices, groups, autoOrder } = await listed(publisher);
    const names = prices.map(({ model }) => model);
    expect(names).toEqual(expect.arrayContaining(ours));
    for (const hidden of ['acme-secret', 'acme-off', 'acme-*', 'unpriced']) expect(names).not.toContain(hidden);
    expect(groups).toEqual([
      { name: 'cheap', ratio: '1.5' },
      { name: 'default', ratio: '1' },
      { name: 'vip', ratio: '0.8' },
    ]);
    expect(autoOrder).toEqual(['vip', 'default']);
    expect(prices).toContainEqual(
      expect.objectContaining({
        model: 'acme-1',
        vendor: 'Acme',
        modelRatio: '0.123456789',
        cacheRatio: '0.1',
        groups: ['default', 'vip'],
      }),
    );
  });

  it('is read by another gateway, figure for figure', async () => {
    await ofReader.done('POST', '/api/prices/sync');
    await eventually(
      'the sync is done',
      async () => (await ofReader.done<{ run?: { state: string } }>('GET', '/api/prices/sync')).run?.state === 'done',
    );
    const { run } = await ofReader.done<{ run: { sources: readonly Row[] } }>('GET', '/api/prices/sync');
    for (const source of ['own', 'foreign'])
      expect(run.sources).toContainEqual(expect.objectContaining({ source, state: 'read', refused: [] }));
    await ofReader.done('POST', '/api/prices/apply', { choices: ours.map((model) => ({ model, source: 'own' })) });
    for (const model of ours) {
      const { dollars, modelRatio, pricePerCall, tiers } = (await rowOf(publisher, model)) ?? {};
      expect(await rowOf(reader, model), model).toMatchObject({
        model,
        dollars,
        ...JSON.parse(JSON.stringify({ modelRatio, pricePerCall, tiers })),
      });
    }
  });

  it('is told in the form of New API, as far as that can say it', async () => {
    const list = await new ManagementClient(publisher).done<ForeignList>('GET', '/api/pricing');
    const row = (name: string): Row | undefined => list.data.find(({ model_name: of }) => of === name);
    expect(list.success).toBe(true);
    expect(row('acme-1')).toEqual({
      model_name: 'acme-1',
      description: 'Quick',
      icon: 'anvil',
      tags: 'a,b',
      vendor_id: 1,
      owner_by: 'Acme',
      enable_groups: ['default', 'vip'],
      supported_endpoint_types: [],
      quota_type: 0,
      model_price: 0,
      model_ratio: 0.123456789,
      completion_ratio: 4,
      cache_ratio: 0.1,
      create_cache_ratio: expect.any(Number) as number,
      image_ratio: expect.any(Number) as number,
      audio_ratio: expect.any(Number) as number,
      audio_completion_ratio: expect.any(Number) as number,
    });
    expect(row('by-call')).toMatchObject({ quota_type: 1, model_price: 0.02 });
    expect(row('audio')).toMatchObject({ model_ratio: 2, audio_ratio: 20, audio_completion_ratio: 2 });
    expect(row('long')).toBeUndefined();
    expect(list.vendors).toContainEqual({ id: 1, name: 'Acme', icon: 'acme', description: 'Makes anvils' });
    expect(list.group_ratio).toEqual({ cheap: 1.5, default: 1, vip: 0.8 });
    expect(list.usable_group).toEqual({ cheap: '', default: '', vip: '' });
    expect(list.auto_groups).toEqual(['vip', 'default']);
  });

  it('shows models as the settings say', async () => {
    const order = async (): Promise<readonly unknown[]> =>
      (await listed(publisher)).prices.map(({ model }) => model).filter((name) => ours.includes(String(name)));
    expect(await order()).toEqual(['acme-1', 'acme-2', 'audio', 'long', 'by-call']);
    expect(await rowOf(publisher, 'acme-1')).toMatchObject({ description: 'Quick', icon: 'anvil' });
    await ofPublisher.done('PUT', '/api/settings/models', { showDescriptions: false, showIcons: false, groupBy: 'type' });
    expect(await order()).toEqual(['audio', 'by-call', 'acme-1', 'acme-2', 'long']);
    const list = await listed(publisher);
    expect(list.groupBy).toBe('type');
    expect(list.vendors).toContainEqual({ name: 'Acme', description: 'Makes anvils' });
    const row = await rowOf(publisher, 'acme-1');
    expect(Object.keys(row ?? {})).not.toEqual(expect.arrayContaining(['description']));
    expect(Object.keys(row ?? {})).not.toEqual(expect.arrayContaining(['icon']));
    const text = JSON.stringify(await new ManagementClient(publisher).done('GET', '/api/pricing'));
    expect(text).not.toMatch(/Quick|anvil"|"icon"/);
  });

  it('follows what channels offer', async () => {
    const { items } = await ofPublisher.done<{ items: readonly { id: string }[] }>('GET', '/api/channels?name=open');
    await ofPublisher.done('POST', '/api/channel-batch', { filter: { ids: items.map(({ id }) => id) }, change: { addModels: ['acme-3'] } });
    expect(await rowOf(publisher, 'acme-3')).toMatchObject({ modelRatio: '0.123456789', groups: ['default', 'vip'] });
  });

  it('is hidden from everybody in both forms', async () => {
    await ofPublisher.done('PUT', '/api/settings/priceSync', { publish: false });
    for (const path of ['/api/prices', '/api/pricing'])
      expect(await new ManagementClient(publisher).ask('GET', path)).toMatchObject({ status: 404, body: { code: 'prices_not_published' } });
  });
});
