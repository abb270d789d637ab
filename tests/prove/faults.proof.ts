import { describe, expect, it } from 'vitest';
import { FaultStage } from './faults/fault-stage.js';
import { proofOptions } from './proof-options.js';
import { ProofRecord } from './proof-record.js';

/** Checking the books takes longer the more is in them. */
const seedsPerStage = 100;

describe.each(proofOptions.databases)('faults at the waits of a call on %s', (database) => {
  it('cost nobody money', async () => {
    const { seeds, from } = proofOptions;
    const record = new ProofRecord('faults', database, 'seeds');
    for (let first = from; first < from + seeds; first += seedsPerStage) {
      const stage = await FaultStage.open(database);
      try {
        for (let seed = first; seed < Math.min(first + seedsPerStage, from + seeds); seed += 1) {
          const { injected, finding } = await stage.run(seed);
          for (const { act } of injected) record.fault(act);
          record.tried(1, finding, `npm run prove -- --only faults --database ${database} --from ${seed} --seeds 1`);
          record.sayProgress(seeds);
        }
      } finally {
        await stage.close();
      }
    }
    expect(record.end()).toEqual([]);
  });
});
