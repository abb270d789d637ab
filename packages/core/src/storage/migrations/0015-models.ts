import type { Migration } from '../migrate.js';

/**
 * What people want to know of models, and vendors. Names with stars at their ends are patterns from here on; a node from before takes them for
 * names that nobody asks for, and refuses what only a pattern prices.
 */
export const modelsMigration: Migration = {
  name: '0015-models',
  async up(transaction) {
    for (const statement of statements) await transaction.raw(statement);
  },
};

const statements = [
  `create table vendors (
    id text primary key,
    name text not null unique,
    icon text,
    description text,
    created_at bigint not null
  )`,
  'alter table models add column vendor text references vendors (name)',
  'alter table models add column type text',
  `alter table models add column facts text not null default '{}'`,
];
