import { describe, expect, it } from 'vitest';
import { testDatabases } from '../../packages/core/src/storage/test-database.js';
import { playLedger } from './model/play-ledger.js';
import { proofOptions } from './proof-options.js';
import { ProofRecord } from './proof-record.js';

const rounds = 20;
const runsPerRound = 100;

describe.each(testDatabases().filter(({ kind }) => proofOptions.databases.includes(kind)))('the ledger on $kind', (databases) => {
  it('agrees with a ledger kept by hand', async () => {
    const record = new ProofRecord('model', databases.kind, 'command sequences');
    for (let round = 0; round < rounds; round += 1) {
      const seed = proofOptions.from + round;
      const violated = await playLedger(databases, { runs: runsPerRound, seed }).then(
        () => [],
        (error: unknown) => [String(error)],
      );
      const again = `npm run prove -- --only model --database ${databases.kind} --from ${seed}`;
      record.tried(runsPerRound, { checked: runsPerRound, violated }, again);
      record.sayProgress(rounds * runsPerRound);
    }
    expect(record.end()).toEqual([]);
  });
});
