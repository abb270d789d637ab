import type { Logger } from '../../foundation/logger.js';
import type { Clock } from '../../foundation/clock.js';
import { newId } from '../../foundation/ids.js';
import type { Database } from '../../storage/database.js';
import type { JobHandler } from '../../storage/job-runner.js';
import { JobQueue } from '../../storage/jobs.js';
import type { SettingsValues } from '../settings/index.js';
import type { PriceSync } from './price-sync.js';
import type { priceSyncSettings } from './price-sync-settings.js';
import type { PriceSyncRun, PriceSyncRunFilter } from './price-sync-store.js';

const askedForKind = 'sync-prices-now';
const hourMs = 3_600_000;
/** How soon a changed schedule is noticed. */
const tickMs = 600_000;

/**
 * Which runs count as the schedule's turn. One that was broken off never does, and so is begun anew. Where prices are only shown, it is the
 * same whoever asked; where they are applied, a run that applies none stands for no turn.
 */
const turnsOf = {
  show: { state: 'done' },
  apply: { state: 'done', scheduled: true },
} as const satisfies Readonly<Record<string, PriceSyncRunFilter>>;

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
        if (everyHours === 0) return;
        const last = await sync.latest(turnsOf[scheduled]);
        const isDue = last === undefined || clock.now() >= last.startedAt + everyHours * hourMs;
        const run = isDue ? await runScheduled(sync, log) : last;
        if (scheduled === 'show' || run.appliedAt !== undefined) return;
        for (const { model, source } of await sync.applyScheduled(run)) log.info({ model, source }, 'A price was taken over');
      },
    },
  ];
}

async function runScheduled(sync: PriceSync, log: Logger): Promise<PriceSyncRun> {
  const run = await sync.runScheduled();
  for (const { source, state, problem } of run.reports) if (state === 'failed') log.warn({ source, problem }, 'A source of prices failed');
  return run;
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
