import { describe, it } from 'vitest';
import { testDatabases } from '../../packages/core/src/storage/test-database.js';
import { playLedger } from '../prove/model/play-ledger.js';

const runsOn = { sqlite: 60, postgres: 25 } as const;

describe.each(testDatabases())('the ledger on $kind', (databases) => {
  it('agrees with a ledger kept by hand, whatever is held, extended, settled, swept, credited, adjusted, refunded and lost on the way', async () => {
    await playLedger(databases, { runs: runsOn[databases.kind], seed: 1 });
  }, 180_000);
});
