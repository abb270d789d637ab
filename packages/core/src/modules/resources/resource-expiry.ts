import type { Clock } from '../../foundation/clock.js';
import type { Database } from '../../storage/database.js';
import type { JobHandler } from '../../storage/job-runner.js';
import { deleteExpired } from './resource-store.js';

const hourMs = 3_600_000;
const rowsPerTransaction = 1_000;

/** Forgets what has expired, a part at a time: on SQLite nobody else writes meanwhile. */
export function resourceExpiryJob(database: Database, clock: Clock): JobHandler {
  return {
    kind: 'expire-resources',
    everyMs: () => hourMs,
    run: async () => {
      const now = clock.now();
      while ((await database.write((transaction) => deleteExpired(transaction, now, rowsPerTransaction))) >= rowsPerTransaction);
    },
  };
}
