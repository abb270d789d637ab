import type { Migration } from '../migrate.js';

/** What each key of a channel has served and failed. A row comes with the first use of a key; a node from before leaves the table alone. */
export const keyUsageMigration: Migration = {
  name: '0016-key-usage',
  minimumNodeVersion: '0015-models',
  async up(transaction) {
    for (const statement of statements) await transaction.raw(statement);
  },
};

const statements = [
  `create table key_usage (
    key_id text primary key,
    channel_id text not null,
    served bigint not null,
    failed bigint not null,
    last_used_at bigint not null
  )`,
  'create index key_usage_by_channel on key_usage (channel_id)',
];
