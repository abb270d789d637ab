import type { Knex } from 'knex';
import type { PriceSourceReport } from './price-quote.js';

/** One round of asking every source. */
export interface PriceSyncRun {
  readonly id: string;
  readonly state: 'queued' | 'running' | 'done';
  readonly startedAt: number;
  readonly finishedAt?: number;
  /** How far it is: sources that have answered or failed, of all that are asked. */
  readonly sourcesDone: number;
  readonly sourcesTotal: number;
  /** What each source said; empty until the run is done. */
  readonly reports: readonly PriceSourceReport[];
}

interface PriceSyncRunRow {
  readonly id: string;
  readonly state: string;
  readonly started_at: number | bigint;
  readonly finished_at: number | bigint | null;
  readonly sources_done: number | bigint;
  readonly sources_total: number | bigint;
  /** JSON list of reports. */
  readonly reports: string;
}

/** The newest run, or the newest that is done. */
export async function latestPriceSyncRun(knex: Knex, state?: 'done'): Promise<PriceSyncRun | undefined> {
  const query = knex<PriceSyncRunRow>('price_sync_runs').orderBy('id', 'desc');
  const row = await (state === undefined ? query : query.where({ state })).first();
  return row === undefined ? undefined : rowToRun(row);
}

export async function savePriceSyncRun(transaction: Knex.Transaction, run: PriceSyncRun): Promise<void> {
  await transaction<PriceSyncRunRow>('price_sync_runs').insert(runToRow(run)).onConflict('id').merge();
}

/** Forgets all runs but the newest so many. */
export async function deleteOldPriceSyncRuns(transaction: Knex.Transaction, kept: number): Promise<void> {
  const newest = await transaction<PriceSyncRunRow>('price_sync_runs').orderBy('id', 'desc').limit(kept).pluck('id');
  await transaction('price_sync_runs').whereNotIn('id', newest).delete();
}

function rowToRun(row: PriceSyncRunRow): PriceSyncRun {
  return {
    id: row.id,
    state: row.state as PriceSyncRun['state'],
    startedAt: Number(row.started_at),
    ...(row.finished_at === null ? {} : { finishedAt: Number(row.finished_at) }),
    sourcesDone: Number(row.sources_done),
    sourcesTotal: Number(row.sources_total),
    reports: JSON.parse(row.reports) as readonly PriceSourceReport[],
  };
}

function runToRow(run: PriceSyncRun): PriceSyncRunRow {
  return {
    id: run.id,
    state: run.state,
    started_at: run.startedAt,
    finished_at: run.finishedAt ?? null,
    sources_done: run.sourcesDone,
    sources_total: run.sourcesTotal,
    reports: JSON.stringify(run.reports),
  };
}
