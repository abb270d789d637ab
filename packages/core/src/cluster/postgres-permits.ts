import type { Database } from '../storage/database.js';
import type { PermitAsk, PermitGrant, SharedPermits } from './shared-counters.js';

interface HeldRow {
  readonly key: string;
  readonly held: bigint;
  readonly units_left: bigint;
}

/** Distinguishes locks of permits from every other advisory lock of the gateway. */
const permitLock = 7_265_003;

/** Two nodes never look at the same key at once. The locks are taken in one order, and end with the transaction. */
const lockStatement = `
  select pg_advisory_xact_lock(${permitLock}, lock) from (select distinct hashtext(key) as lock from unnest(?::text[]) as key order by lock) as locks`;

const holdStatement = `
  with asked as (
    select ask.*, coalesce((select sum(units) from limit_permits where key = ask.key and node_id <> ?), 0)::bigint as others
    from unnest(?::text[], ?::bigint[], ?::bigint[], ?::bigint[]) as ask (key, units_max, used, wanted)
  ),
  decided as (select key, greatest(used, least(wanted, units_max - others)) as held, units_max, others from asked),
  kept as (
    insert into limit_permits (key, node_id, units) select key, ?, held from decided where held > 0
    on conflict (key, node_id) do update set units = excluded.units
  ),
  dropped as (delete from limit_permits where node_id = ? and key in (select key from decided where held <= 0))
  select key, greatest(0, held) as held, greatest(0, units_max - others - held) as units_left from decided`;

/**
 * Permits shared in PostgreSQL, a row for each key and node. The rows of a node go with its own row in `nodes`: when its lease has lapsed and it
 * is removed, what it held is free.
 */
export class PostgresPermits implements SharedPermits {
  readonly #database: Database;
  readonly #nodeId: () => string;

  /** @param nodeId see `NodeLease.nodeId`: throws while this node could be taken for dead. */
  constructor(database: Database, nodeId: () => string) {
    this.#database = database;
    this.#nodeId = nodeId;
  }

  async hold(asks: readonly PermitAsk[]): Promise<readonly PermitGrant[]> {
    const nodeId = this.#nodeId();
    const keys = asks.map(({ key }) => key);
    const numbers = [asks.map(({ limit }) => limit), asks.map(({ used }) => used), asks.map(({ wanted }) => wanted)];
    const rows = await this.#database.write(async (transaction) => {
      await transaction.raw(lockStatement, [keys]);
      const held = await transaction.raw<{ readonly rows: readonly HeldRow[] }>(holdStatement, [nodeId, keys, ...numbers, nodeId, nodeId]);
      return held.rows;
    });
    const grants = new Map(rows.map(({ key, held, units_left: left }) => [key, { held: Number(held), left: Number(left) }]));
    return asks.map(({ key }) => grants.get(key) ?? { held: 0, left: 0 });
  }
}
