import type { Migration } from '../migrate.js';

/**
 * Channels of many keys, with options. `version` changes with every write, so that nodes read only what has changed; a channel without rows
 * in `channel_keys` has the one key that is in its configuration.
 */
export const channelsMigration: Migration = {
  name: '0009-channels',
  async up(transaction) {
    for (const statement of statements) await transaction.raw(statement);
  },
};

const statements = [
  `alter table channels add column options text not null default '{}'`,
  `alter table channels add column version text not null default ''`,
  `create table channel_keys (
    id text primary key,
    channel_id text not null references channels (id) on delete cascade,
    position integer not null,
    secrets text not null,
    fingerprint text not null,
    hint text not null,
    remark text,
    enabled integer not null,
    created_at bigint not null,
    unique (channel_id, fingerprint)
  )`,
];
