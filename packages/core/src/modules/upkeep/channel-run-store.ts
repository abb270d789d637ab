import type { Knex } from 'knex';
import type { ChannelRun, ChannelRunItem, ChannelRunKind, RunFinding, RunWish } from './channel-run.js';

/** `wish` is JSON text. */
interface RunRow {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly user_id: string;
  readonly wish: string;
  readonly left_out: number | bigint;
  readonly total: number | bigint;
  readonly done: number | bigint;
  readonly failed: number | bigint;
  readonly started_at: number | bigint;
  readonly finished_at: number | bigint | null;
}

/** `finding` is JSON text. */
interface ItemRow {
  readonly run_id: string;
  readonly position: number | bigint;
  readonly channel_id: string;
  readonly name: string;
  readonly at: number | bigint | null;
  readonly ok: number | bigint | null;
  readonly finding: string | null;
}

export type NewChannelRun = Pick<ChannelRun, 'id' | 'kind' | 'userId' | 'wish' | 'startedAt' | 'leftOut'>;
export type RunTarget = Pick<ChannelRunItem, 'channelId' | 'name'>;

/** Which channels of a run are meant. */
export type RunOutcome = 'waiting' | 'ok' | 'failed';

export interface RunItemPage {
  readonly limit: number;
  /** The position of the last one of the page before. */
  readonly after?: number | undefined;
  readonly outcome?: RunOutcome | undefined;
}

/** Rows of one statement: databases bound the parameters of a statement. */
const rowsAtOnce = 100;

/** False if a run of the kind is under way. */
export async function insertRun(transaction: Knex.Transaction, run: NewChannelRun, targets: readonly RunTarget[]): Promise<boolean> {
  const { id, kind, userId, wish, startedAt, leftOut } = run;
  const row = {
    id,
    kind,
    state: 'queued',
    user_id: userId,
    wish: JSON.stringify(wish),
    left_out: leftOut,
    total: targets.length,
    started_at: startedAt,
    finished_at: null,
  };
  const inserted = await transaction<RunRow>('channel_runs').insert(row).onConflict().ignore().returning('id');
  if (inserted.length === 0) return false;
  for (let start = 0; start < targets.length; start += rowsAtOnce) {
    const rows = targets
      .slice(start, start + rowsAtOnce)
      .map(({ channelId, name }, index) => ({ run_id: id, position: start + index, channel_id: channelId, name }));
    await transaction('channel_run_items').insert(rows);
  }
  return true;
}

/** @throws StorageUnavailableError */
export async function readRun(knex: Knex, id: string): Promise<ChannelRun | undefined> {
  const row = await knex<RunRow>('channel_runs').where({ id }).first();
  return row && rowToRun(row);
}

/** The one of the kind that is under way. @throws StorageUnavailableError */
export async function readRunUnderWay(knex: Knex, kind: ChannelRunKind): Promise<ChannelRun | undefined> {
  const row = await knex<RunRow>('channel_runs').where({ kind }).whereNull('finished_at').first();
  return row && rowToRun(row);
}

/** Those that are kept, newest first. @throws StorageUnavailableError */
export async function readRuns(knex: Knex): Promise<readonly ChannelRun[]> {
  const rows = (await knex<RunRow>('channel_runs')
    .orderBy([
      { column: 'started_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .select()) as readonly RunRow[];
  return rows.map(rowToRun);
}

/** One more than the page may have, where there are more. @throws StorageUnavailableError */
export async function readRunItems(
  knex: Knex,
  runId: string,
  { limit, after = -1, outcome }: RunItemPage,
): Promise<readonly ChannelRunItem[]> {
  const query = knex<ItemRow>('channel_run_items').where('run_id', runId).where('position', '>', after);
  if (outcome === 'waiting') void query.whereNull('at');
  else if (outcome !== undefined) void query.where('ok', outcome === 'ok' ? 1 : 0);
  const rows = (await query
    .orderBy('position')
    .limit(limit + 1)
    .select()) as readonly ItemRow[];
  return rows.map(rowToItem);
}

/** Those that are still to be asked. @throws StorageUnavailableError */
export async function readWaitingItems(knex: Knex, runId: string): Promise<readonly ChannelRunItem[]> {
  const rows = (await knex<ItemRow>('channel_run_items')
    .where('run_id', runId)
    .whereNull('at')
    .orderBy('position')
    .select()) as readonly ItemRow[];
  return rows.map(rowToItem);
}

/** True if this one of them is still to be asked. @throws StorageUnavailableError */
export async function isWaiting(knex: Knex, runId: string, position: number): Promise<boolean> {
  const row = await knex<ItemRow>('channel_run_items').where({ run_id: runId, position }).whereNull('at').first('position');
  return row !== undefined;
}

/** True if somebody has ended it, or it is no more. @throws StorageUnavailableError */
export async function isOver(knex: Knex, runId: string): Promise<boolean> {
  return (await knex<RunRow>('channel_runs').where({ id: runId }).whereNull('finished_at').first('id')) === undefined;
}

export async function markRunning(transaction: Knex.Transaction, runId: string): Promise<void> {
  await transaction<RunRow>('channel_runs').where({ id: runId }).whereNull('finished_at').update({ state: 'running' });
}

/** Does nothing once the run is over, or where another node was first. */
export async function writeRunFinding(
  transaction: Knex.Transaction,
  runId: string,
  position: number,
  { at, ok, finding }: NonNullable<ChannelRunItem['asked']>,
): Promise<void> {
  // Locked, so that a run that is ended at this moment either counts the finding, or does not have it.
  const run = await transaction<RunRow>('channel_runs').where({ id: runId }).whereNull('finished_at').forUpdate().first('id');
  if (run === undefined) return;
  const written: number = await transaction<ItemRow>('channel_run_items')
    .where({ run_id: runId, position })
    .whereNull('at')
    .update({ at, ok: ok ? 1 : 0, finding: JSON.stringify(finding) });
  if (written > 0)
    await transaction('channel_runs')
      .where({ id: runId })
      .increment({ done: 1, failed: ok ? 0 : 1 });
}

/** Does nothing once it is over. */
export async function endRun(transaction: Knex.Transaction, runId: string, state: 'done' | 'cancelled', at: number): Promise<void> {
  await transaction<RunRow>('channel_runs').where({ id: runId }).whereNull('finished_at').update({ state, finished_at: at });
}

/** Forgets all runs of the kind but the newest so many. */
export async function deleteOldRuns(transaction: Knex.Transaction, kind: ChannelRunKind, kept: number): Promise<void> {
  const newest = await transaction<RunRow>('channel_runs')
    .where({ kind })
    .orderBy([
      { column: 'started_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .limit(kept)
    .pluck('id');
  await transaction<RunRow>('channel_runs').where({ kind }).whereNotIn('id', newest).whereNotNull('finished_at').delete();
}

function rowToRun(row: RunRow): ChannelRun {
  return {
    id: row.id,
    kind: row.kind as ChannelRunKind,
    state: row.state as ChannelRun['state'],
    userId: row.user_id,
    wish: JSON.parse(row.wish) as RunWish,
    startedAt: Number(row.started_at),
    ...(row.finished_at === null ? {} : { finishedAt: Number(row.finished_at) }),
    total: Number(row.total),
    done: Number(row.done),
    failed: Number(row.failed),
    leftOut: Number(row.left_out),
  };
}

function rowToItem({ position, channel_id, name, at, ok, finding }: ItemRow): ChannelRunItem {
  const isAsked = at !== null && finding !== null;
  return {
    position: Number(position),
    channelId: channel_id,
    name,
    ...(isAsked ? { asked: { at: Number(at), ok: Number(ok) === 1, finding: JSON.parse(finding) as RunFinding } } : {}),
  };
}
