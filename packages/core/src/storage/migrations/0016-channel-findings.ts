import type { Migration } from '../migrate.js';

/**
 * What the gateway has found out about channels by asking their upstreams: of each kind (a test, a balance, a list of models) the newest.
 * And runs that test many channels, with what came of each; they name channels that may be gone meanwhile.
 */
export const channelFindingsMigration: Migration = {
  name: '0016-channel-findings',
  async up(transaction) {
    for (const statement of statements) await transaction.raw(statement);
  },
};

const statements = [
  `create table channel_findings (
    channel_id text not null references channels (id) on delete cascade,
    kind text not null,
    at bigint not null,
    finding text not null,
    primary key (channel_id, kind)
  )`,
  `create table channel_test_runs (
    id text primary key,
    state text not null check (state in ('running', 'done')),
    scheduled integer not null,
    started_at bigint not null,
    finished_at bigint,
    channel_ids text not null,
    total integer not null
  )`,
  `create table channel_test_results (
    run_id text not null references channel_test_runs (id) on delete cascade,
    channel_id text not null,
    channel text not null,
    at bigint not null,
    ok integer not null,
    reports text not null,
    primary key (run_id, channel_id)
  )`,
];
