import type { Migration } from '../migrate.js';

/**
 * Counters of limits that nodes share. A row of `limit_windows` is the present window of one key, overwritten by the next; `limit_permits` says
 * how many calls at the same time a node may run, and goes with the node.
 */
export const limitsMigration: Migration = {
  name: '0004-limits',
  async up(transaction) {
    await transaction.raw(`create table limit_windows (
      key text primary key,
      window_ms bigint not null,
      units_max bigint not null,
      wanted bigint not null,
      stock bigint not null,
      started_at bigint not null,
      taken bigint not null,
      granted bigint not null
    )`);
    await transaction.raw(`create table limit_permits (
      key text not null,
      node_id text not null references nodes (id) on delete cascade,
      units bigint not null,
      primary key (key, node_id)
    )`);
    await transaction.raw('create index limit_permits_by_node on limit_permits (node_id)');
  },
};
