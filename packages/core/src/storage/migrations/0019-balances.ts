import type { Migration } from '../migrate.js';

/**
 * What upstreams have said is left for each key, and what lists of channels are sorted by: of a finding the figure that matters, of a balance
 * the lowest amount. A node from before writes findings without a figure, and leaves the table alone.
 */
export const balancesMigration: Migration = {
  name: '0019-balances',
  minimumNodeVersion: '0015-models',
  async up(transaction) {
    for (const statement of statements) await transaction.raw(statement);
  },
};

const statements = [
  'alter table channel_findings add column figure bigint',
  `create table key_balances (
    channel_id text not null references channels (id) on delete cascade,
    key_id text not null,
    asked_at bigint not null,
    stated_at bigint,
    balance text,
    lowest_micros bigint,
    failure text,
    primary key (channel_id, key_id)
  )`,
];
