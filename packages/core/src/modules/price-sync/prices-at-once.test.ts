import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bumpRevision, readRevision } from '../../cluster/configuration-revision.js';
import { type Database, openDatabase } from '../../storage/database.js';
import { testDatabases } from '../../storage/test-database.js';
import { ApplyBench } from '../apply/apply-test-bench.js';
import { executeApply, parseApplyFile } from '../apply/index.js';
import { readModels, updateModel } from '../models/index.js';
import { modelPriceOf } from '../pricing/index.js';
import type { AppliedPrice } from './price-sync.js';
import { PriceSyncBench } from './price-sync-test-bench.js';

const rounds = 12;
const kinds = ['free', 'by-file', 'by-hand', 'limited'] as const;
const models = Array.from({ length: rounds }, (_, round) => kinds.map((kind) => `${kind}-${round}`)).flat();

describe.each(testDatabases())('prices that many change at once on $kind', ({ open }) => {
  let bench: PriceSyncBench;
  let applyBench: ApplyBench;
  /** The same database as another process has it. */
  let elsewhere: Database;

  beforeEach(async () => {
    bench = await PriceSyncBench.open({ open });
    applyBench = await ApplyBench.open({ open: () => Promise.resolve(bench.opened) });
    elsewhere = await openDatabase(bench.opened.target);
    const list = Object.fromEntries(models.map((model) => [model, { modelRatio: 2 }]));
    bench.source(`${await bench.serve({ '/list.json': list })}/list.json`);
  });
  afterEach(async () => {
    await elsewhere.close();
    await bench.close();
  });

  /** One model, read and written in one transaction that raises the revision first. */
  async function priceByHand(database: Database, name: string): Promise<void> {
    const price = modelPriceOf({ modelRatio: '7' });
    await database.write(async (transaction) => {
      await bumpRevision(transaction);
      const model = (await readModels(transaction)).find((known) => known.name === name);
      if (model !== undefined && price !== undefined) await updateModel(transaction, { ...model, price, priceSource: 'manual' });
    });
  }

  async function applyFile(database: Database, round: number): Promise<void> {
    const file = `models: [{ name: by-file-${round}, modelRatio: 5 }, { name: limited-${round}, outputTokensMax: 100 }]`;
    await executeApply({ ...applyBench.context, database }, parseApplyFile(file, 'gateway.yaml', {}));
  }

  it('are those set by hand where anybody set one, the stated ones elsewhere, and nothing is lost', async () => {
    const run = await bench.sync().run();
    for (let round = 0; round < rounds; round += 1) {
      for (const kind of kinds) await bench.price(`${kind}-${round}`, { modelRatio: '1' }, 'synced');
      const before = await readRevision(bench.database.knex);
      const applied: AppliedPrice[] = [];
      const changes = [
        async () => applied.push(...(await bench.sync().applyUnopposed())),
        async () => applyFile(elsewhere, round),
        async () => applied.push(...(await bench.sync(elsewhere).applyScheduled(run))),
        async () => priceByHand(bench.database, `by-hand-${round}`),
      ];
      // Whoever is called first is mostly first: each in turn.
      const order = changes.map((_, index) => changes[(index + round) % changes.length]);
      await Promise.all(order.map(async (change) => change?.()));

      expect(await bench.prices()).toMatchObject({
        [`free-${round}`]: ['2', 'synced'],
        [`by-file-${round}`]: ['5', 'manual'],
        [`by-hand-${round}`]: ['7', 'manual'],
        [`limited-${round}`]: ['2', 'synced'],
      });
      const limited = (await readModels(bench.database.knex)).find(({ name }) => name === `limited-${round}`);
      expect(limited?.outputTokensMax).toBe(100);
      // Of the two syncs the second finds nothing left to do, whatever came between.
      expect(await readRevision(bench.database.knex)).toBe(before + 3);
      expect(new Set(applied.map(({ model }) => model)).size).toBe(applied.length);
    }
  });
});
