import type { Migration } from '../migrate.js';

/** Which channel has what of a user's. Rows are found by their whole key, and removed by time. */
export const resourcesMigration: Migration = {
  name: '0003-resources',
  async up(transaction, kind) {
    await transaction.raw(`create table resources (
      user_id text not null,
      kind text not null,
      id text not null,
      channel_id text not null,
      created_at bigint not null,
      expires_at bigint,
      primary key (user_id, kind, id)
    ) ${kind === 'sqlite' ? 'without rowid' : ''}`);
    await transaction.raw('create index resources_by_expiry on resources (expires_at)');
  },
};
