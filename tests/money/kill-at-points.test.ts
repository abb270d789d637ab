import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pointsOn } from '../prove/faults/fault-plan.js';
import { KillStage } from '../prove/faults/kill-stage.js';
import { databaseKinds } from '../support/own-database.js';

/** A process takes a second to start: where nothing depends on the database, one database will do. `npm run prove` kills everywhere. */
const dependsOnDatabase = /^(?:postgres-|batch-|hold|settlement)/;

describe.concurrent.each(databaseKinds)('kill -9 at the waits of a call on %s', (database) => {
  let stage: KillStage;
  beforeAll(async () => {
    stage = await KillStage.open(database);
  });
  afterAll(() => stage?.close());

  it('loses no money and charges nothing twice, though each process dies before the one that died is cleaned up after', async () => {
    const all = pointsOn(database).map((point, seed) => ({ point, seed }));
    // A process that reads on for a client that left is not waited for by anybody: the seeds in one process break it there instead.
    const killable = all.filter(({ point }) => point !== 'drain');
    const chosen = database === 'sqlite' ? killable : killable.filter(({ point }) => dependsOnDatabase.test(point));
    let missed = chosen.map(({ seed }) => seed);
    // Which calls come to a point is a matter of time, too: the few that were missed get another seed.
    for (let round = 0; round < 3 && missed.length > 0; round += 1) {
      const seeds = missed.map((seed) => seed + round * all.length);
      const { kills, finding } = await stage.run(seeds);
      const again = `npm run prove -- --only kills --database ${database} --from ${round * all.length} --seeds ${all.length}`;
      expect(finding.violated, again).toEqual([]);
      expect(finding.checked).toBeGreaterThan(seeds.length * 4);
      missed = missed.filter((_seed, index) => kills[index]?.killed !== true);
    }
    expect(missed.map((seed) => all[seed]?.point)).toEqual([]);
  }, 300_000);
});
