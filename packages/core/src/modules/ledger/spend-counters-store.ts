import type { Clock } from '../../foundation/clock.js';
import type { Database } from '../../storage/database.js';
import type { JobHandler } from '../../storage/job-runner.js';

const dayMs = 86_400_000;
/** Longer than any period, so that what `verify-ledger` expects is there. */
const keptMs = 62 * dayMs;

/** Forgets counters of periods long past. */
export function spendCounterExpiryJob(database: Database, clock: Clock): JobHandler {
  return {
    kind: 'expire-spend-counters',
    everyMs: () => dayMs,
    run: async () => {
      await database.write((transaction) =>
        transaction('spend_counters')
          .where('ends_at', '<', clock.now() - keptMs)
          .where('held', 0)
          .delete(),
      );
    },
  };
}
