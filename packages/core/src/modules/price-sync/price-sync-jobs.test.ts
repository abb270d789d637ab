import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readRevision } from '../../cluster/configuration-revision.js';
import type { Database } from '../../storage/database.js';
import { testDatabases } from '../../storage/test-database.js';
import { queuePriceSync } from './price-sync-jobs.js';
import { PriceSyncBench } from './price-sync-test-bench.js';

const { signal } = new AbortController();

const hourMs = 3_600_000;

/** The database, which is away for this one of the writes to come, counted from 1. */
function awayFor(database: Database, write: number): Database {
  let writes = 0;
  return {
    ...database,
    write(work) {
      writes += 1;
      return writes === write ? Promise.reject(new Error('The database is away.')) : database.write(work);
    },
  };
}

describe.each(testDatabases())('price sync jobs on $kind', ({ open }) => {
  let bench: PriceSyncBench;
  /** How often the source was asked. */
  let asked: number;
  let stated: number;

  beforeEach(async () => {
    bench = await PriceSyncBench.open({ open });
    asked = 0;
    stated = 2;
    await bench.price('m', { modelRatio: '1' }, 'preset');
    await bench.price('hand', { modelRatio: '1' }, 'manual');
    const address = await bench.serve({
      get '/list.json'() {
        asked += 1;
        return { m: { modelRatio: stated }, hand: { modelRatio: stated } };
      },
    });
    bench.source(`${address}/list.json`);
    bench.settings = { ...bench.settings, everyHours: 1, scheduled: 'apply' };
  });
  afterEach(() => bench.close());

  async function askedForByHand(): Promise<void> {
    const queued = await queuePriceSync(bench.database, bench.sync());
    await bench.jobs(bench.sync()).askedFor.run({ runId: queued?.id }, signal);
    await bench.database.write((transaction) => transaction('jobs').delete());
  }

  async function tick(database?: Database): Promise<void> {
    await bench.jobs(bench.sync(database)).scheduled.run(null, signal);
  }

  it('run once however often they were asked for', async () => {
    const sync = bench.sync();
    const queued = await queuePriceSync(bench.database, sync);
    expect(queued?.state).toBe('queued');
    expect((await queuePriceSync(bench.database, sync))?.id).toBe(queued?.id);
    await bench.jobs(sync).askedFor.run({ runId: queued?.id }, signal);
    expect(await sync.latest()).toMatchObject({ id: queued?.id, state: 'done', scheduled: false });
    expect(await bench.prices()).toMatchObject({ m: ['1', 'preset'] });
  });

  it('take over what no conflict speaks against, once for each turn of the schedule', async () => {
    await tick();
    expect(await bench.prices()).toEqual({ m: ['2', 'synced'], hand: ['1', 'manual'] });
    expect(await bench.sync().latest()).toMatchObject({ state: 'done', scheduled: true, appliedAt: bench.now });
    const revision = await readRevision(bench.database.knex);
    stated = 3;
    bench.now += hourMs - 1;
    await tick();
    expect([asked, await readRevision(bench.database.knex)]).toEqual([1, revision]);
    bench.now += 1;
    await tick();
    expect(await bench.prices()).toMatchObject({ m: ['3', 'synced'] });
    expect(await readRevision(bench.database.knex)).toBe(revision + 1);
    bench.settings = { ...bench.settings, everyHours: 0 };
    bench.now += hourMs;
    await tick();
    expect(asked).toBe(2);
  });

  it('begin anew at the next tick what was broken off', async () => {
    await expect(tick(awayFor(bench.database, 2))).rejects.toThrow('The database is away.');
    const broken = await bench.sync().latest();
    expect(broken).toMatchObject({ state: 'running', scheduled: true });
    await tick();
    expect(await bench.sync().latest()).toMatchObject({ id: broken?.id, state: 'done', appliedAt: bench.now });
    expect(await bench.database.knex('price_sync_runs').select('id')).toHaveLength(1);
    expect(await bench.prices()).toMatchObject({ m: ['2', 'synced'] });
  });

  it('find the newest run even where one that was begun before it had been broken off and came later', async () => {
    await expect(tick(awayFor(bench.database, 2))).rejects.toThrow('The database is away.');
    bench.now += 1;
    await askedForByHand();
    stated = 3;
    bench.now += 1;
    await tick();
    expect(await bench.prices()).toMatchObject({ m: ['3', 'synced'] });
  });

  it('let nothing of a run that was given up write over the one that was begun in its place', async () => {
    let answerLate = (): void => {};
    const late = new Promise<unknown>((resolve) => {
      answerLate = () => resolve({ m: { modelRatio: 5 } });
    });
    const source = bench.settings['sources'];
    bench.settings = { ...bench.settings, sources: [] };
    bench.source(`${await bench.serve({ '/late.json': late })}/late.json`);
    const hung = tick();
    await expect.poll(async () => (await bench.sync().latest())?.state).toBe('running');
    bench.settings = { ...bench.settings, sources: source };
    bench.now += 1;
    await tick();
    const done = await bench.sync().latest();
    answerLate();
    await hung;
    expect(done).toMatchObject({ state: 'done', startedAt: bench.now });
    expect(await bench.sync().latest()).toEqual(done);
    expect(await bench.prices()).toMatchObject({ m: ['2', 'synced'] });
  });

  it('take over at the next tick what a finished run found, without asking again', async () => {
    await expect(tick(awayFor(bench.database, 3))).rejects.toThrow('The database is away.');
    expect(await bench.prices()).toMatchObject({ m: ['1', 'preset'] });
    const finished = await bench.sync().latest();
    expect(finished).toMatchObject({ state: 'done' });
    expect(finished?.appliedAt).toBeUndefined();
    bench.now += 600_000;
    await tick();
    expect(await bench.prices()).toEqual({ m: ['2', 'synced'], hand: ['1', 'manual'] });
    expect(await bench.sync().latest()).toMatchObject({ id: finished?.id, appliedAt: bench.now });
    expect(asked).toBe(1);
  });

  it('are not put off by who asks, where the schedule takes prices over', async () => {
    await askedForByHand();
    await tick();
    expect(await bench.prices()).toMatchObject({ m: ['2', 'synced'] });
    stated = 3;
    bench.now += hourMs / 2;
    for (let times = 0; times < 12; times += 1) await askedForByHand();
    await tick();
    expect(await bench.prices()).toMatchObject({ m: ['2', 'synced'] });
    bench.now += hourMs / 2;
    await tick();
    expect(await bench.prices()).toMatchObject({ m: ['3', 'synced'] });
  });

  it('ask no sooner than an interval after anybody did, where prices are only shown', async () => {
    bench.settings = { ...bench.settings, scheduled: 'show' };
    await askedForByHand();
    bench.now += hourMs - 1;
    await tick();
    expect(asked).toBe(1);
    bench.now += 1;
    await tick();
    expect(asked).toBe(2);
    expect(await bench.prices()).toMatchObject({ m: ['1', 'preset'] });
  });

  it('take over what was only shown once the setting says so', async () => {
    bench.settings = { ...bench.settings, scheduled: 'show' };
    await tick();
    bench.settings = { ...bench.settings, scheduled: 'apply' };
    await tick();
    expect(await bench.prices()).toMatchObject({ m: ['2', 'synced'] });
    expect(asked).toBe(1);
  });

  it('count the runs of nodes of the release before as asked for by somebody', async () => {
    const older = { id: 'older', state: 'done', started_at: bench.now - 1, sources_done: 0, sources_total: 0, reports: '[]' };
    await bench.database.write((transaction) => transaction('price_sync_runs').insert(older));
    expect(await bench.sync().latest()).toMatchObject({ id: 'older', scheduled: false });
    await tick();
    expect(await bench.prices()).toMatchObject({ m: ['2', 'synced'] });
  });
});
