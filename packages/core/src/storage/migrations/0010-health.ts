import type { Migration } from '../migrate.js';

/**
 * What is known against channels, their models and keys: a row for each circuit that is open or disabled, none for the healthy. `subject` is
 * the id of a key or the name of a model; a channel without rows in `channel_keys` has the one key that is known by the channel's own id.
 * Whoever makes the one try of a circuit that has cooled down has claimed it. `circuit_revision` is raised by every write but claims.
 */
export const healthMigration: Migration = {
  name: '0010-health',
  minimumNodeVersion: '0009-channels',
  async up(transaction) {
    for (const statement of statements) await transaction.raw(statement);
  },
};

const statements = [
  `create table circuits (
    channel_id text not null references channels (id) on delete cascade,
    kind text not null check (kind in ('key', 'model', 'channel')),
    subject text not null,
    state text not null check (state in ('open', 'disabled')),
    reason text not null,
    since bigint not null,
    until bigint,
    failures integer not null,
    trips integer not null,
    last_code text,
    version bigint not null,
    claimed_by text,
    claim_until bigint,
    primary key (channel_id, kind, subject)
  )`,
  'create table circuit_revision (revision bigint not null)',
  'insert into circuit_revision (revision) values (0)',
];
