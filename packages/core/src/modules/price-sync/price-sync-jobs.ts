import type { Logger } from '../../foundation/logger.js';
import type { Clock } from '../../foundation/clock.js';
import { newId } from '../../foundation/ids.js';
import type { Database } from '../../storage/database.js';
import type { JobHandler } from '../../storage/job-runner.js';
import { JobQueue } from '../../storage/jobs.js';
import type { SettingsValues } from '../settings/index.js';
import type { PriceSync } from './price-sync.js';
import type { priceSyncSettings } from './price-sync-settings.js';
import type { PriceSyncRun } from './price-sync-store.js';

const askedForKind = 'sync-prices-now';
const hourMs = 3_600_000;
/** How soon a changed schedule is noticed. */
const tickMs = 600_000;

export interface PriceSyncJobParts {
  readonly sync: PriceSync;
  readonly clock: Clock;
  readonly log: Logger;
  settings(): SettingsValues<typeof priceSyncSettings>;
}

/** Runs that somebody asked for, and those of the schedule: each once in the whole cluster. */
export function priceSyncJobs({ sync, clock, log, settings }: PriceSyncJobParts): readonly JobHandler[] {
  return [
    {
      kind: askedForKind,
      run: async (payload) => {
        await sync.run((payload as { readonly runId: string }).runId);
      },
    },
    {
      kind: 'sync-prices',
      everyMs: () => tickMs,
      run: async () => {
        const { everyHours, scheduled } = settings();
        const last = await sync.latest();
        if (everyHours === 0 || (last !== undefined && clock.now() < last.startedAt + everyHours * hourMs)) return;
        const { reports } = await sync.run();
        for (const { source, state, problem } of reports)
          if (state === 'failed') log.warn({ source, problem }, 'A source of prices failed');
        if (scheduled === 'show') return;
        for (const { model, source } of await sync.applyUnopposed()) log.info({ model, source }, 'A price was taken over');
      },
    },
  ];
}

/** Queues a run for whichever node is first. While one waits, no second is queued: the answer is then the one that is newest. */
export async function queuePriceSync(database: Database, sync: PriceSync): Promise<PriceSyncRun | undefined> {
  const id = newId();
  const queue = new JobQueue(database);
  const queued = await database.write(async (transaction) => {
    const isNew = await queue.enqueue(transaction, { kind: askedForKind, singleton: askedForKind, payload: { runId: id } });
    return isNew ? sync.queue(transaction, id) : undefined;
  });
  return queued ?? sync.latest();
}
