import type { Clock } from '../../foundation/clock.js';
import type { Database } from '../../storage/database.js';
import type { JobHandler } from '../../storage/job-runner.js';
import { deleteExpiredClaims } from './idempotency-store.js';

const everyMs = 900_000;
/** Each may hold an answer of a megabyte. */
const rowsPerTransaction = 200;

/** Forgets claims whose time is over, a part at a time: on SQLite nobody else writes meanwhile. */
export function claimExpiryJob(database: Database, clock: Clock): JobHandler {
  return {
    kind: 'expire-idempotency-keys',
    everyMs: () => everyMs,
    run: async () => {
      const now = clock.now();
      while ((await database.write((transaction) => deleteExpiredClaims(transaction, now, rowsPerTransaction))) >= rowsPerTransaction);
    },
  };
}
