import type { Migration } from '../migrate.js';

/**
 * What is asked of many channels in the background: the run, and each channel that it means, with what was found once it was asked. At most one
 * run of a kind is under way. How many were asked stands in the run itself: nobody counts the channels of all runs to list those. A node from before leaves the tables alone.
 */
export const channelRunsMigration: Migration = {
  name: '0021-channel-runs',
  minimumNodeVersion: '0020-search-units',
  async up(transaction) {
    for (const statement of statements) await transaction.raw(statement);
  },
};

const statements = [
  `create table channel_runs (
    id text primary key,
    kind text not null,
    state text not null,
    user_id text not null,
    wish text not null,
    left_out integer not null,
    total integer not null,
    done integer not null default 0,
    failed integer not null default 0,
    started_at bigint not null,
    finished_at bigint
  )`,
  'create unique index channel_runs_under_way on channel_runs (kind) where finished_at is null',
  `create table channel_run_items (
    run_id text not null references channel_runs (id) on delete cascade,
    position integer not null,
    channel_id text not null,
    name text not null,
    at bigint,
    ok integer,
    finding text,
    primary key (run_id, position)
  )`,
];
