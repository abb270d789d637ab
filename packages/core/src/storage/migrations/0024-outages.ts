import type { Migration } from '../migrate.js';

/**
 * Channels that somebody was told are down, so that each outage is told once, whichever node finds out and however often it starts.
 * `well_since` is set while nothing is the matter any more; the end of the outage is told once that has lasted. `last_served_at` of a key is
 * when the newest try began that it has answered. A node from before leaves both alone.
 */
export const outagesMigration: Migration = {
  name: '0024-outages',
  minimumNodeVersion: '0022-usage-series',
  async up(transaction) {
    for (const statement of statements) await transaction.raw(statement);
  },
};

const statements = [
  `create table channel_outages (
    channel_id text primary key references channels (id) on delete cascade,
    since bigint not null,
    well_since bigint
  )`,
  'alter table key_usage add column last_served_at bigint',
  'update key_usage set last_served_at = last_used_at where served > 0',
];
