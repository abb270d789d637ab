import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ProviderAdapter } from '@tollgate/plugin-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readRevision } from '../../cluster/configuration-revision.js';
import { newId } from '../../foundation/ids.js';
import type { Database } from '../../storage/database.js';
import { type OpenedTestDatabase, testDatabases } from '../../storage/test-database.js';
import type { Channel } from '../channels/index.js';
import { testProvider } from '../channels/test-provider.js';
import { insertModel, type Model, readModels } from '../models/index.js';
import { modelPriceOf, type ModelPriceFields } from '../pricing/index.js';
import { PriceFetcher } from './price-fetcher.js';
import { PriceSync } from './price-sync.js';
import { priceSyncJobs, queuePriceSync } from './price-sync-jobs.js';
import { priceSyncSettings } from './price-sync-settings.js';
import { latestPriceSyncRun } from './price-sync-store.js';

type Answers = Readonly<Record<string, unknown>>;

const provider: ProviderAdapter = {
  ...testProvider,
  models: {
    hasPrices: true,
    request: (config) => ({ method: 'GET', url: `${String(config['baseUrl'])}/v1/models`, headers: {} }),
    read: (body) =>
      (body as { readonly data: readonly { readonly id: string; readonly dollars: number }[] }).data.map(({ id, dollars }) => ({
        id,
        price: { dollarsPerMillion: { inputText: dollars } },
      })),
  },
  prices: [
    {
      vendor: 'Moon',
      hosts: ['127.0.0.1'],
      source: 'https://moon.example/prices',
      asOf: '2026-11-01',
      models: [{ model: 'full-moon', alsoNamed: ['full-moon-1'], dollarsPerMillion: { inputText: 6 } }],
    },
  ],
};

function channel(baseUrl: string, models: readonly string[], modelMapping: Readonly<Record<string, string>> = {}): Channel {
  return {
    id: newId(),
    name: 'main',
    adapter: provider,
    config: { baseUrl },
    models: new Set(models),
    modelMapping: new Map(Object.entries(modelMapping)),
    groups: new Set(['default']),
    priority: 0,
    weight: 1,
  };
}

describe.each(testDatabases())('price sync on $kind', ({ open }) => {
  let opened: OpenedTestDatabase;
  let fetcher: PriceFetcher;
  let channels: readonly Channel[];
  let settings: Record<string, unknown>;
  let now: number;
  const servers: Server[] = [];

  beforeEach(async () => {
    opened = await open();
    await opened.database.write((transaction) => transaction('models').delete());
    fetcher = new PriceFetcher();
    channels = [];
    settings = {};
    now = 1_000_000;
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) server.close().closeAllConnections();
    await fetcher.close();
    await opened.close();
  });

  const currentSettings = () => priceSyncSettings.schema.parse(settings);
  const clock = { now: () => now };

  function syncOf(database = opened.database): PriceSync {
    return new PriceSync({
      database,
      providers: [provider],
      channels: () => channels,
      settings: currentSettings,
      fetcher,
      clock,
    });
  }

  async function serve(answers: Answers): Promise<string> {
    const server = createServer((request, response) => {
      const answer = answers[request.url ?? ''];
      response
        .writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' })
        .end(JSON.stringify(answer ?? { error: 'no' }));
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async function price(name: string, fields: ModelPriceFields, priceSource: NonNullable<Model['priceSource']>): Promise<void> {
    const modelPrice = modelPriceOf(fields);
    await opened.database.write((transaction) =>
      insertModel(transaction, {
        id: newId(),
        name,
        enabled: true,
        createdAt: 1,
        priceSource,
        ...(modelPrice === undefined ? {} : { price: modelPrice }),
      }),
    );
  }

  async function prices(): Promise<unknown> {
    const models = await readModels(opened.database.knex);
    return Object.fromEntries(
      models.map(({ name, price: modelPrice, priceSource }) => [
        name,
        [modelPrice?.by === 'tokens' ? modelPrice.modelRatio : modelPrice, priceSource],
      ]),
    );
  }

  function source(url: string, name = 'other', allowPrivate = true): void {
    settings = { ...settings, sources: [...((settings['sources'] as readonly unknown[] | undefined) ?? []), { name, url, allowPrivate }] };
  }

  it('finds where another gateway publishes its prices, and takes over what is chosen', async () => {
    await price('a', { modelRatio: '1', cacheRatio: '0.5' }, 'synced');
    await price('b', { modelRatio: '1' }, 'synced');
    source(
      await serve({
        '/api/pricing': {
          data: [
            { model_name: 'a', quota_type: 0, model_ratio: 2 },
            { model_name: 'b', quota_type: 0, model_ratio: 3 },
            { model_name: 'unknown', quota_type: 0, model_ratio: 4 },
          ],
        },
      }),
    );
    const sync = syncOf();
    const run = await sync.run();
    expect(run).toMatchObject({ state: 'done', sourcesDone: 1, sourcesTotal: 1, reports: [{ source: 'other', state: 'read' }] });
    expect((await sync.differences()).map(({ model }) => model)).toEqual(['a', 'b']);
    expect((await sync.differences({ everything: true })).map(({ model }) => model)).toEqual(['a', 'b', 'full-moon', 'unknown']);
    const revision = await readRevision(opened.database.knex);
    expect(await sync.apply([{ model: 'a', source: 'other' }])).toMatchObject([
      { model: 'a', before: { modelRatio: '1' }, after: { modelRatio: '2', cacheReadRatio: '0.5' } },
    ]);
    expect(await prices()).toEqual({ a: ['2', 'synced'], b: ['1', 'synced'] });
    expect(await readRevision(opened.database.knex)).toBe(revision + 1);
  });

  it('asks channels by the names at their place, and what is on record for their host', async () => {
    const place = await serve({
      '/v1/models': {
        data: [
          { id: 'full-moon-1', dollars: 4 },
          { id: 'not offered', dollars: 1 },
        ],
      },
    });
    channels = [channel(place, ['moon'], { moon: 'full-moon-1' })];
    settings = { privateChannels: true };
    const sync = syncOf();
    await sync.run();
    const [difference] = await sync.differences();
    expect(difference).toMatchObject({ model: 'moon', marks: ['new', 'sources-disagree'] });
    expect(difference?.quotes.map(({ source: from, facts, asOf }) => [from, facts.input, asOf])).toEqual([
      ['channel:main', '4', undefined],
      ['list:Moon', '6', '2026-11-01'],
    ]);
    channels = [channel('http://elsewhere.example', ['moon'], { moon: 'full-moon-1' })];
    expect((await sync.differences())[0]?.quotes.map(({ source: from }) => from)).toEqual(['channel:main']);
  });

  it('calls no private address unless it may, and goes on with the others', async () => {
    const place = await serve({ '/v1/models': { data: [] }, '/api/prices': { object: 'price_list', prices: [] } });
    channels = [channel(place, ['m'])];
    source(place, 'shut', false);
    source(place, 'open');
    const { reports } = await syncOf().run();
    expect(
      reports.map(({ source: from, state, problem }) => [from, state, problem?.match(/private network.* (\S+) allows it/)?.[1]]),
    ).toEqual([
      ['channel:main', 'failed', 'priceSync.privateChannels'],
      ['shut', 'failed', 'allowPrivate'],
      ['open', 'read', undefined],
    ]);
  });

  it('takes nothing over of a source that there is not, and names those that there are', async () => {
    source(await serve({ '/api/prices': { object: 'price_list', prices: [] } }));
    const sync = syncOf();
    await sync.run();
    await expect(sync.applyUnopposed('list:NoSuch')).rejects.toMatchObject({
      code: 'price_source_unknown',
      message: expect.stringContaining('There are: other, list:Moon.') as string,
    });
    expect(await sync.applyUnopposed('other')).toEqual([]);
  });

  it('changes what was set by hand, or looks wrong, only for those who say that they know', async () => {
    await price('hand', { modelRatio: '1' }, 'manual');
    await price('far', { modelRatio: '1' }, 'synced');
    source(await serve({ '/list.json': { hand: { modelRatio: 2 }, far: { modelRatio: 1000 } } }).then((url) => `${url}/list.json`));
    const sync = syncOf();
    await sync.run();
    expect(await sync.applyUnopposed()).toEqual([]);
    for (const [model, mark] of [
      ['hand', 'local-manual'],
      ['far', 'suspicious'],
    ] as const) {
      await expect(sync.apply([{ model, source: 'other' }])).rejects.toMatchObject({
        code: 'price_choice_refused',
        message: expect.stringContaining(mark) as string,
      });
    }
    await expect(
      sync.apply([
        { model: 'far', source: 'other', evenIf: ['suspicious'] },
        { model: 'none', source: 'other' },
      ]),
    ).rejects.toMatchObject({ code: 'price_choice_unknown' });
    expect(await prices()).toEqual({ hand: ['1', 'manual'], far: ['1', 'synced'] });
    await sync.apply([{ model: 'hand', source: 'other', evenIf: ['local-manual'] }]);
    expect(await prices()).toMatchObject({ hand: ['2', 'synced'] });
  });

  it('runs once however often it was asked for, and by its schedule', async () => {
    await price('m', { modelRatio: '1' }, 'preset');
    await price('hand', { modelRatio: '1' }, 'manual');
    source(await serve({ '/api/ratio_config': { success: true, data: { model_ratio: { m: 2, hand: 2 } } } }));
    const sync = syncOf();
    const [asked, scheduled] = priceSyncJobs({ sync, clock, log: { info() {}, warn() {} } as never, settings: currentSettings });
    const queued = await queuePriceSync(opened.database, sync);
    expect(queued?.state).toBe('queued');
    expect((await queuePriceSync(opened.database, sync))?.id).toBe(queued?.id);
    await asked?.run({ runId: queued?.id });
    expect(await sync.latest()).toMatchObject({ id: queued?.id, state: 'done' });

    settings = { ...settings, everyHours: 1, scheduled: 'apply' };
    await scheduled?.run(null);
    expect(await prices()).toMatchObject({ m: ['1', 'preset'] });
    now += 3_600_000;
    await scheduled?.run(null);
    expect(await prices()).toEqual({ m: ['2', 'synced'], hand: ['1', 'manual'] });
    const latest = await sync.latest();
    settings = { ...settings, everyHours: 0 };
    now += 3_600_000;
    await scheduled?.run(null);
    expect((await sync.latest())?.id).toBe(latest?.id);
  });

  it('tells how far it is', async () => {
    const place = await serve({ '/api/prices': { object: 'price_list', prices: [] } });
    source(place, 'first');
    source(place, 'second');
    const seen: number[] = [];
    const { database } = opened;
    const watched: Database = {
      ...database,
      knex: database.knex,
      write: async (work) => {
        const result = await database.write(work);
        seen.push((await latestPriceSyncRun(database.knex))?.sourcesDone ?? -1);
        return result;
      },
    };
    await syncOf(watched).run();
    expect(seen).toEqual([0, 1, 2]);
  });

  it('goes on counting what a source said before it was away', async () => {
    await price('m', { modelRatio: '1' }, 'synced');
    const answers: Record<string, unknown> = { '/api/prices': { object: 'price_list', prices: [{ model: 'm', modelRatio: 2 }] } };
    source(await serve(answers));
    const sync = syncOf();
    await sync.run();
    delete answers['/api/prices'];
    expect(await sync.run()).toMatchObject({
      reports: [{ source: 'other', state: 'failed', quotes: [{ model: 'm', fields: { modelRatio: '2' } }] }],
    });
    expect((await sync.differences())[0]?.choice).toBe('other');
  });

  it('asks no channel whose places state no prices, and says so', async () => {
    const { hasPrices: _hasPrices, ...models } = provider.models ?? {
      request: () => ({ method: 'GET', url: '', headers: {} }),
      read: () => [],
    };
    channels = [{ ...channel('http://127.0.0.1:1', ['m']), adapter: { ...provider, models } }];
    expect(await syncOf().run()).toMatchObject({
      sourcesTotal: 0,
      reports: [{ source: 'channel:main', state: 'left-out', problem: 'places of the provider test publish no prices' }],
    });
  });

  it('remembers only the newest runs', async () => {
    const sync = syncOf();
    for (let index = 0; index < 13; index += 1) await sync.run();
    expect(await opened.database.knex('price_sync_runs').select('id')).toHaveLength(10);
  });
});
