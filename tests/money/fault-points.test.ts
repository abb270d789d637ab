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
    const points = pointsOn(database);
    const missed = new Set<string>(points);
    const play = async (seed: number): Promise<void> => {
      const { plan, injected, finding } = await stage.run(seed);
      for (const { point } of injected) missed.delete(point);
      const again = `npm run prove -- --only faults --database ${database} --from ${seed} --seeds 1\n${JSON.stringify(plan)}`;
      expect(finding.violated, again).toEqual([]);
      expect(finding.checked).toBeGreaterThanOrEqual(fewestChecksOfSeed);
    };
    const seeds = seedsOn[database];
    for (let seed = 0; seed < seeds; seed += 1) await play(seed);
    // Which calls come to a point is a matter of time, too: the few points that were missed get more seeds.
    for (let seed = seeds; seed < 3 * seeds && missed.size > 0; seed += 1) {
      if (missed.has(points[seed % points.length] ?? '')) await play(seed);
    }
    expect([...missed]).toEqual([]);
  }, 300_000);
});
