import { describe, expect, it } from 'vitest';
import { KillStage } from './faults/kill-stage.js';
import { proofOptions } from './proof-options.js';
import { ProofRecord } from './proof-record.js';

const killsInRow = 10;

describe.each(proofOptions.databases)('kill -9 at the waits of a call on %s', (database) => {
  it('loses no money and charges nothing twice', async () => {
    const { kills: wanted, from } = proofOptions;
    const record = new ProofRecord('kills', database, 'processes');
    let stage = await KillStage.open(database);
    try {
      for (let first = from; first < from + wanted; first += killsInRow) {
        const seeds = Array.from({ length: Math.min(killsInRow, from + wanted - first) }, (_, index) => first + index);
        const again = `npm run prove -- --only kills --database ${database} --from ${first} --kills ${seeds.length}`;
        const result = await stage.run(seeds).catch((error: unknown) => String(error));
        if (typeof result === 'string') {
          record.tried(0, { checked: 1, violated: [result] }, again);
          await stage.close();
          stage = await KillStage.open(database);
          continue;
        }
        const { kills, finding } = result;
        for (const { killed } of kills) record.fault(killed ? 'kill' : 'kill after the calls');
        record.tried(seeds.length, finding, again);
        record.sayProgress(wanted);
      }
    } finally {
      await stage.close();
    }
    expect(record.end()).toEqual([]);
  });
});
