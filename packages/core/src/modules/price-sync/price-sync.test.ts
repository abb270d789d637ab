import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readRevision } from '../../cluster/configuration-revision.js';
import { newId } from '../../foundation/ids.js';
import type { Database } from '../../storage/database.js';
import { testDatabases } from '../../storage/test-database.js';
import { type Channel, defaultChannelOptions, ModelMapping } from '../channels/index.js';
import { latestPriceSyncRun } from './price-sync-store.js';
import { pricedProvider, PriceSyncBench } from './price-sync-test-bench.js';

function channel(
  baseUrl: string,
  models: readonly string[],
  modelMapping: Readonly<Record<string, string>> = {},
  allowPrivate = true,
): Channel {
  return {
    id: newId(),
    name: 'main',
    adapter: pricedProvider,
    config: { baseUrl },
    keysTotal: 1,
    models: new Set(models),
    modelMapping: new ModelMapping(modelMapping),
    keys: [],
    options: { ...defaultChannelOptions, allowPrivate },
    groups: new Set(['default']),
    priority: 0,
    weight: 1,
  };
}

describe.each(testDatabases())('price sync on $kind', ({ open }) => {
  let bench: PriceSyncBench;

  beforeEach(async () => {
    bench = await PriceSyncBench.open({ open });
  });
  afterEach(() => bench.close());

  it('finds where another gateway publishes its prices, and takes over what is chosen', async () => {
    await bench.price('a', { modelRatio: '1', cacheRatio: '0.5' }, 'synced');
    await bench.price('b', { modelRatio: '1' }, 'synced');
    bench.source(
      await bench.serve({
        '/api/pricing': {
          data: [
            { model_name: 'a', quota_type: 0, model_ratio: 2 },
            { model_name: 'b', quota_type: 0, model_ratio: 3 },
            { model_name: 'unknown', quota_type: 0, model_ratio: 4 },
          ],
        },
      }),
    );
    const sync = bench.sync();
    const run = await sync.run();
    expect(run).toMatchObject({ state: 'done', sourcesDone: 1, sourcesTotal: 1, reports: [{ source: 'other', state: 'read' }] });
    expect((await sync.differences()).map(({ model }) => model)).toEqual(['a', 'b']);
    expect((await sync.differences({ everything: true })).map(({ model }) => model)).toEqual(['a', 'b', 'full-moon', 'unknown']);
    const revision = await readRevision(bench.database.knex);
    expect(await sync.apply([{ model: 'a', source: 'other' }])).toMatchObject([
      { model: 'a', before: { modelRatio: '1' }, after: { modelRatio: '2', cacheReadRatio: '0.5' } },
    ]);
    expect(await bench.prices()).toEqual({ a: ['2', 'synced'], b: ['1', 'synced'] });
    expect(await readRevision(bench.database.knex)).toBe(revision + 1);
  });

  it('asks channels by the names at their place, and what is on record for their host', async () => {
    const place = await bench.serve({
      '/v1/models': {
        data: [
          { id: 'full-moon-1', dollars: 4 },
          { id: 'not offered', dollars: 1 },
        ],
      },
    });
    bench.channels = [channel(place, ['moon'], { moon: 'full-moon-1' })];
    const sync = bench.sync();
    await sync.run();
    const [difference] = await sync.differences();
    expect(difference).toMatchObject({ model: 'moon', marks: ['new', 'sources-disagree'] });
    expect(difference?.quotes.map(({ source: from, facts, asOf }) => [from, facts.input, asOf])).toEqual([
      ['channel:main', '4', undefined],
      ['list:Moon', '6', '2026-11-01'],
    ]);
    bench.channels = [channel('http://elsewhere.example', ['moon'], { moon: 'full-moon-1' })];
    expect((await sync.differences())[0]?.quotes.map(({ source: from }) => from)).toEqual(['channel:main']);
  });

  it('calls no private address unless it may, and goes on with the others', async () => {
    const place = await bench.serve({ '/v1/models': { data: [] }, '/api/prices': { object: 'price_list', prices: [] } });
    bench.channels = [channel(place, ['m'], {}, false)];
    bench.source(place, 'shut', false);
    bench.source(place, 'open');
    const { reports } = await bench.sync().run();
    expect(
      reports.map(({ source: from, state, problem }) => [from, state, problem?.match(/private network.* (\S+) allows it/)?.[1]]),
    ).toEqual([
      ['channel:main', 'failed', 'allowPrivate'],
      ['shut', 'failed', 'allowPrivate'],
      ['open', 'read', undefined],
    ]);
  });

  it('takes nothing over of a source that there is not, and names those that there are', async () => {
    bench.source(await bench.serve({ '/api/prices': { object: 'price_list', prices: [] } }));
    const sync = bench.sync();
    await sync.run();
    await expect(sync.applyUnopposed('list:NoSuch')).rejects.toMatchObject({
      code: 'price_source_unknown',
      message: expect.stringContaining('There are: other, list:Moon.') as string,
    });
    expect(await sync.applyUnopposed('other')).toEqual([]);
  });

  it('changes what was set by hand, or looks wrong, only for those who say that they know', async () => {
    await bench.price('hand', { modelRatio: '1' }, 'manual');
    await bench.price('far', { modelRatio: '1' }, 'synced');
    bench.source(
      await bench.serve({ '/list.json': { hand: { modelRatio: 2 }, far: { modelRatio: 1000 } } }).then((url) => `${url}/list.json`),
    );
    const sync = bench.sync();
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
    expect(await bench.prices()).toEqual({ hand: ['1', 'manual'], far: ['1', 'synced'] });
    await sync.apply([{ model: 'hand', source: 'other', evenIf: ['local-manual'] }]);
    expect(await bench.prices()).toMatchObject({ hand: ['2', 'synced'] });
  });

  it('leaves a price that a person set by a pattern in force, and writes one for a name that is, if it is chosen all the same', async () => {
    await bench.price('hand*', { modelRatio: '1', cacheRatio: '0.5' }, 'manual');
    await bench.price('hand-2', { modelRatio: '5' }, 'preset');
    bench.channels = [channel('http://127.0.0.1:1', ['hand-1', 'hand-2'])];
    const list = { 'hand-1': { modelRatio: 2 }, 'hand-2': { modelRatio: 3 } };
    bench.source(await bench.serve({ '/list.json': list }).then((url) => `${url}/list.json`));
    const sync = bench.sync();
    await sync.run();
    expect(await sync.applyUnopposed()).toEqual([]);
    expect(await bench.prices()).toEqual({ 'hand*': ['1', 'manual'], 'hand-2': ['5', 'preset'] });
    const evenIf = ['local-manual'] as const;
    const applied = await sync.apply(['hand-1', 'hand-2'].map((model) => ({ model, source: 'other', evenIf })));
    expect(applied).toMatchObject([
      { before: { modelRatio: '1' }, after: { modelRatio: '2', cacheReadRatio: '0.5' } },
      { before: { modelRatio: '1' }, after: { modelRatio: '3', cacheReadRatio: '0.5' } },
    ]);
    expect(await bench.prices()).toEqual({ 'hand*': ['1', 'manual'], 'hand-1': ['2', 'manual'], 'hand-2': ['3', 'manual'] });
    expect(await sync.differences()).toEqual([]);
  });

  it('tells how far it is', async () => {
    const place = await bench.serve({ '/api/prices': { object: 'price_list', prices: [] } });
    bench.source(place, 'first');
    bench.source(place, 'second');
    const seen: number[] = [];
    const { database } = bench;
    const watched: Database = {
      ...database,
      knex: database.knex,
      write: async (work) => {
        const result = await database.write(work);
        seen.push((await latestPriceSyncRun(database.knex))?.sourcesDone ?? -1);
        return result;
      },
    };
    await bench.sync(watched).run();
    expect(seen).toEqual([0, 1, 2]);
  });

  it('goes on counting what a source said before it was away', async () => {
    await bench.price('m', { modelRatio: '1' }, 'synced');
    const answers: Record<string, unknown> = { '/api/prices': { object: 'price_list', prices: [{ model: 'm', modelRatio: 2 }] } };
    bench.source(await bench.serve(answers));
    const sync = bench.sync();
    await sync.run();
    delete answers['/api/prices'];
    expect(await sync.run()).toMatchObject({
      reports: [{ source: 'other', state: 'failed', quotes: [{ model: 'm', fields: { modelRatio: '2' } }] }],
    });
    expect((await sync.differences())[0]?.choice).toBe('other');
  });

  it('asks no channel whose places state no prices, and says so', async () => {
    const { hasPrices: _hasPrices, ...models } = pricedProvider.models ?? {
      request: () => ({ method: 'GET', url: '', headers: {} }),
      read: () => [],
    };
    bench.channels = [{ ...channel('http://127.0.0.1:1', ['m']), adapter: { ...pricedProvider, models } }];
    expect(await bench.sync().run()).toMatchObject({
      sourcesTotal: 0,
      reports: [{ source: 'channel:main', state: 'left-out', problem: 'places of the provider test publish no prices' }],
    });
  });

  it('remembers only the newest runs', async () => {
    const sync = bench.sync();
    for (let index = 0; index < 13; index += 1) await sync.run();
    expect(await bench.database.knex('price_sync_runs').select('id')).toHaveLength(10);
  });
});
