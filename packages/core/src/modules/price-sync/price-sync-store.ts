import type { Knex } from 'knex';
import type { PriceSourceReport } from './price-quote.js';

/** One round of asking every source. */
export interface PriceSyncRun {
  readonly id: string;
  readonly state: 'queued' | 'running' | 'done';
  /** Begun by the schedule; otherwise somebody asked for it. */
  readonly scheduled: boolean;
  readonly startedAt: number;
  readonly finishedAt?: number;
  /** How far it is: sources that have answered or failed, of all that are asked. */
  readonly sourcesDone: number;
  readonly sourcesTotal: number;
  /** What each source said; empty until the run is done. */
  readonly reports: readonly PriceSourceReport[];
  /** When the schedule took over what no conflict spoke against. */
  readonly appliedAt?: number;
}

/** Which runs are meant; those of any kind where it says nothing. */
export interface PriceSyncRunFilter {
  readonly state?: 'done';
  readonly scheduled?: true;
}

interface PriceSyncRunRow {
  readonly id: string;
  readonly state: string;
  readonly scheduled: number | bigint;
  readonly started_at: number | bigint;
  readonly finished_at: number | bigint | null;
  readonly sources_done: number | bigint;
  readonly sources_total: number | bigint;
  /** JSON list of reports. */
  readonly reports: string;
  readonly applied_at: number | bigint | null;
}

/** A run that was broken off is begun anew under its old id: what is newest is told by the beginning. */
const newestFirst = [
  { column: 'started_at', order: 'desc' },
  { column: 'id', order: 'desc' },
] as const;

/** The run that was begun last, of those meant. */
export async function latestPriceSyncRun(knex: Knex, { state, scheduled }: PriceSyncRunFilter = {}): Promise<PriceSyncRun | undefined> {
  const row = await knex<PriceSyncRunRow>('price_sync_runs')
    .where({ ...(state === undefined ? {} : { state }), ...(scheduled === undefined ? {} : { scheduled: 1 }) })
    .orderBy([...newestFirst])
    .first();
  return row === undefined ? undefined : rowToRun(row);
}

/** A run of the same id that was broken off is forgotten. */
export async function beginPriceSyncRun(transaction: Knex.Transaction, run: PriceSyncRun): Promise<void> {
  await transaction<PriceSyncRunRow>('price_sync_runs').insert(runToRow(run)).onConflict('id').merge();
}

/** How far it is, or its end. Does nothing once it was begun anew: what goes on of a run that was given up counts no more. */
export async function advancePriceSyncRun(transaction: Knex.Transaction, run: PriceSyncRun): Promise<void> {
  const { id, started_at, ...changed } = runToRow(run);
  await transaction<PriceSyncRunRow>('price_sync_runs').where({ id, started_at }).update(changed);
}

export async function markPriceSyncRunApplied(transaction: Knex.Transaction, id: string, appliedAt: number): Promise<void> {
  await transaction<PriceSyncRunRow>('price_sync_runs').where({ id }).update({ applied_at: appliedAt });
}

/** Forgets all runs but the newest so many of either kind: however often people ask, the schedule knows when its own turn was. */
export async function deleteOldPriceSyncRuns(transaction: Knex.Transaction, kept: number): Promise<void> {
  for (const scheduled of [0, 1]) {
    const runs = transaction<PriceSyncRunRow>('price_sync_runs').where({ scheduled });
    const newest = await runs
      .clone()
      .orderBy([...newestFirst])
      .limit(kept)
      .pluck('id');
    await runs.whereNotIn('id', newest).delete();
  }
}

function rowToRun(row: PriceSyncRunRow): PriceSyncRun {
  return {
    id: row.id,
    state: row.state as PriceSyncRun['state'],
    scheduled: Number(row.scheduled) === 1,
    startedAt: Number(row.started_at),
    ...(row.finished_at === null ? {} : { finishedAt: Number(row.finished_at) }),
    sourcesDone: Number(row.sources_done),
    sourcesTotal: Number(row.sources_total),
    reports: JSON.parse(row.reports) as readonly PriceSourceReport[],
    ...(row.applied_at === null ? {} : { appliedAt: Number(row.applied_at) }),
  };
}

function runToRow(run: PriceSyncRun): PriceSyncRunRow {
  return {
    id: run.id,
    state: run.state,
    scheduled: run.scheduled ? 1 : 0,
    started_at: run.startedAt,
    finished_at: run.finishedAt ?? null,
    sources_done: run.sourcesDone,
    sources_total: run.sourcesTotal,
    reports: JSON.stringify(run.reports),
    applied_at: run.appliedAt ?? null,
  };
}
