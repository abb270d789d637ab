import type { Migration } from '../migrate.js';

/** Every change of the configuration: what, when, and by whom. Nothing refers to what it names, which may be gone. */
export const auditMigration: Migration = {
  name: '0011-audit',
  async up(transaction) {
    for (const statement of statements) await transaction.raw(statement);
  },
};

const statements = [
  `create table audit_events (
    id text primary key,
    at bigint not null,
    kind text not null,
    action text not null,
    name text not null,
    fields text not null,
    author_kind text not null,
    user_id text,
    access_token_id text,
    request_id text,
    client_address text
  )`,
  'create index audit_events_name on audit_events (kind, name, id)',
];
