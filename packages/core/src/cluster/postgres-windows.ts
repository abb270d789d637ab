import type { Database } from '../storage/database.js';
import { databaseNow } from '../storage/database-clock.js';
import { type SharedWindows, stockDivisor, type WindowAsk, type WindowGrant, type WindowReturn } from './shared-counters.js';

interface GrantRow {
  readonly key: string;
  readonly granted: bigint;
  readonly units_left: bigint;
  readonly started_at: bigint;
  readonly ends_in_ms: bigint;
}

/** What is left of a window before a grant: of a new one everything. */
const left = (isNew: string): string =>
  `case when ${isNew} then excluded.units_max else greatest(0, excluded.units_max - counter.taken) end`;
/** The same rule as `grantOf`, in SQL. */
const granted = (rest: string): string =>
  `least(${rest}, excluded.wanted + least(excluded.stock, greatest(0, (${rest}) - excluded.wanted) / ${stockDivisor}))`;
const startsAnew = 'excluded.started_at > counter.started_at';
const grant = granted(left(startsAnew));

/** One row for each key, which the next window overwrites. Rows are locked in the order of their keys. */
const takeStatement = `
  with moment as materialized (select ${databaseNow('postgres')} as now),
  asked as (
    select ask.*, now - now % window_ms as started_at
    from moment, unnest(?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[]) as ask (key, window_ms, units_max, wanted, stock)
    order by key
  )
  insert into limit_windows as counter (key, window_ms, units_max, wanted, stock, started_at, taken, granted)
  select key, window_ms, units_max, wanted, stock, started_at, first_grant, first_grant
  from asked, lateral (
    select least(units_max, wanted + least(stock, greatest(0, units_max - wanted) / ${stockDivisor})) as first_grant
  ) as first
  on conflict (key) do update set
    window_ms = excluded.window_ms, units_max = excluded.units_max, wanted = excluded.wanted, stock = excluded.stock,
    started_at = greatest(counter.started_at, excluded.started_at),
    taken = case when ${startsAnew} then 0 else counter.taken end + ${grant},
    granted = ${grant}
  returning key, granted, greatest(0, units_max - taken) as units_left, started_at,
    started_at + window_ms - (select now from moment) as ends_in_ms`;

const returnStatement = `
  with given as (
    select counter.key, given.units
    from unnest(?::text[], ?::bigint[], ?::bigint[]) as given (key, started_at, units)
    join limit_windows as counter on counter.key = given.key and counter.started_at = given.started_at
    order by counter.key for update of counter
  )
  update limit_windows as counter set taken = greatest(0, counter.taken - given.units) from given where counter.key = given.key`;

/** Windows shared in PostgreSQL, by its clock. */
export class PostgresWindows implements SharedWindows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async take(asks: readonly WindowAsk[]): Promise<readonly WindowGrant[]> {
    const columns = [
      asks.map(({ key }) => key),
      asks.map(({ windowMs }) => windowMs),
      asks.map(({ limit }) => limit),
      asks.map(({ wanted }) => wanted),
      asks.map(({ stock }) => stock),
    ];
    const { rows } = await this.#database.knex.raw<{ readonly rows: readonly GrantRow[] }>(takeStatement, columns);
    const grants = new Map(rows.map((row) => [row.key, rowToGrant(row)]));
    return asks.map(({ key }) => grants.get(key) ?? missing(key));
  }

  /** Forgets windows that are over. */
  async removeOver(): Promise<void> {
    await this.#database.write((transaction) =>
      transaction('limit_windows')
        .whereRaw(`started_at + window_ms < ${databaseNow('postgres')}`)
        .delete(),
    );
  }

  async giveBack(returns: readonly WindowReturn[]): Promise<void> {
    await this.#database.knex.raw(returnStatement, [
      returns.map(({ key }) => key),
      returns.map(({ startedAt }) => startedAt),
      returns.map(({ units }) => units),
    ]);
  }
}

function rowToGrant(row: GrantRow): WindowGrant {
  return {
    granted: Number(row.granted),
    left: Number(row.units_left),
    startedAt: Number(row.started_at),
    endsInMs: Number(row.ends_in_ms),
  };
}

function missing(key: string): never {
  throw new TypeError(`The counter of ${key} was not answered.`);
}
