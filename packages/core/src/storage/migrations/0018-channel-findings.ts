import type { Migration } from '../migrate.js';

/** What the gateway has found out about channels by asking their upstreams: of each kind (a test, a list of models) the newest. */
export const channelFindingsMigration: Migration = {
  name: '0018-channel-findings',
  minimumNodeVersion: '0015-models',
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
];
