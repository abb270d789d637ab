import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pointsOn } from '../prove/faults/fault-plan.js';
import { FaultStage } from '../prove/faults/fault-stage.js';
import { databaseKinds } from '../support/own-database.js';

/** Together 300. On SQLite a seed takes a third of the time. */
const seedsOn = { sqlite: 200, postgres: 100 } as const;
const fewestChecksOfSeed = 8;

describe.concurrent.each(databaseKinds)('a fault at every wait of a call on %s', (database) => {
  let stage: FaultStage;
  beforeAll(async () => {
    stage = await FaultStage.open(database);
  });
  afterAll(() => stage?.close());

  it('costs nobody money: nothing is charged twice, no hold stays, every attempt is on record', async () => {
    const reached = new Set<string>();
    for (let seed = 0; seed < seedsOn[database]; seed += 1) {
      const { plan, injected, finding } = await stage.run(seed);
      for (const { point } of injected) reached.add(point);
      const again = `npm run prove -- --only faults --database ${database} --from ${seed} --seeds 1\n${JSON.stringify(plan)}`;
      expect(finding.violated, again).toEqual([]);
      expect(finding.checked).toBeGreaterThanOrEqual(fewestChecksOfSeed);
    }
    expect(pointsOn(database).filter((point) => !reached.has(point))).toEqual([]);
  }, 300_000);
});
