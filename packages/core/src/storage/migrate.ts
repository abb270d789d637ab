import type { Knex } from 'knex';
import type { Database, DatabaseKind, Transaction } from './database.js';
import { migrations as allMigrations } from './migrations/index.js';
import { SchemaPendingError, SchemaTooNewError } from './storage-errors.js';

/** One step of the schema. Never edited after a release. */
export interface Migration {
  /** `0001-ledger`: the order is the order of the names. */
  readonly name: string;
  /**
   * Name of the newest migration that a node must know to work beside this one; itself if left out. A migration that only adds names an
   * earlier one, so that nodes of the release before keep serving while the cluster is upgraded.
   */
  readonly minimumNodeVersion?: string;
  up(transaction: Transaction, kind: DatabaseKind): Promise<void>;
}

interface MigrationRow {
  readonly name: string;
  readonly minimum_node_version: string;
}

/** Any number that no other advisory lock of the gateway uses. */
const migrationLock = 7_265_001;

/**
 * Brings the database to the schema of this release: each migration in a transaction of its own that also notes it as done, so that a run
 * which is broken off goes on where it stopped. Several nodes may start at once. Returns the names of those that ran.
 * @throws SchemaTooNewError, StorageUnavailableError
 */
export async function migrate(database: Database, migrations: readonly Migration[] = allMigrations): Promise<readonly string[]> {
  await database.write(async (transaction) => {
    await lockMigrations(transaction, database.kind);
    await transaction.raw(`create table if not exists schema_migrations (
      name text primary key, minimum_node_version text not null, applied_at bigint not null)`);
  });
  const before = await appliedRows(database.knex);
  refuseNewerSchema(before, migrations);
  const mayBeServed = before.length > 0;
  const ran: string[] = [];
  for (const migration of migrations) {
    if (await runOnce(database, migration, migrations, mayBeServed)) ran.push(migration.name);
  }
  return ran;
}

/** True for a database that no gateway has used yet. @throws StorageUnavailableError */
export async function isUnused(database: Database): Promise<boolean> {
  return !(await database.knex.schema.hasTable('schema_migrations'));
}

/** Refuses a database that this release cannot work with any more. @throws SchemaTooNewError, StorageUnavailableError */
export async function refuseTooNew(database: Database, migrations: readonly Migration[] = allMigrations): Promise<void> {
  refuseNewerSchema(await appliedRows(database.knex), migrations);
}

/** Refuses a database that this release cannot serve. @throws SchemaTooNewError, SchemaPendingError, StorageUnavailableError */
export async function checkSchema(database: Database, migrations: readonly Migration[] = allMigrations): Promise<void> {
  const rows = (await database.knex.schema.hasTable('schema_migrations')) ? await appliedRows(database.knex) : [];
  refuseNewerSchema(rows, migrations);
  const applied = new Set(rows.map((row) => row.name));
  const missing = migrations.find((migration) => !applied.has(migration.name));
  if (missing !== undefined)
    throw new SchemaPendingError(`The database lacks the migration ${missing.name}: run \`tollgate migrate\` or start the gateway once.`);
}

function refuseNewerSchema(rows: readonly MigrationRow[], migrations: readonly Migration[]): void {
  const newestKnown = migrations.at(-1)?.name ?? '';
  const tooNew = rows.find((row) => row.minimum_node_version > newestKnown);
  if (tooNew !== undefined)
    throw new SchemaTooNewError(`The database was migrated by a newer release (${tooNew.name}): start that release, or a newer one.`);
}

async function runOnce(database: Database, migration: Migration, migrations: readonly Migration[], mayBeServed: boolean): Promise<boolean> {
  return database.write(async (transaction) => {
    await lockMigrations(transaction, database.kind);
    // Between two migrations a node of a newer release may have run its own.
    refuseNewerSchema(await appliedRows(transaction), migrations);
    const done = await transaction('schema_migrations').where('name', migration.name).first('name');
    if (done !== undefined) return false;
    await migration.up(transaction, database.kind);
    await transaction('schema_migrations').insert({
      name: migration.name,
      minimum_node_version: migration.minimumNodeVersion ?? migration.name,
      applied_at: Date.now(),
    });
    if (mayBeServed) await tellNodes(transaction);
    return true;
  });
}

/** Nodes that serve from this database look at its schema again when the revision has changed. */
async function tellNodes(transaction: Transaction): Promise<void> {
  if (await transaction.schema.hasTable('configuration_revision')) await transaction('configuration_revision').increment('revision', 1);
}

/** On SQLite the write transaction itself is the lock. */
async function lockMigrations(transaction: Transaction, kind: DatabaseKind): Promise<void> {
  if (kind === 'postgres') await transaction.raw('select pg_advisory_xact_lock(?)', [migrationLock]);
}

async function appliedRows(knex: Knex): Promise<readonly MigrationRow[]> {
  return knex('schema_migrations').select('name', 'minimum_node_version').orderBy('name');
}
