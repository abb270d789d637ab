import { setTimeout as sleep } from 'node:timers/promises';
import type { Database as SqliteConnection } from 'better-sqlite3';
import knexOf, { type Knex } from 'knex';
import { type ClientBase, types } from 'pg';
import { makeDataFolder, sqliteFile } from '../foundation/data-folder.js';
import { PostgresClient, SqliteClient } from './knex-clients.js';
import { isLockedByAnother } from './storage-failure.js';

export type DatabaseKind = 'sqlite' | 'postgres';

/** An open transaction. Modules pass it on; only their stores speak SQL to it. */
export type Transaction = Knex.Transaction;

/**
 * One database, whichever it is. 64-bit integers come back as bigint, on SQLite every integer does: stores convert at their door
 * (`Number(row.created_at)`). A database that cannot be reached is a StorageUnavailableError from every method, and is asked again at the
 * next call.
 */
export interface Database {
  readonly kind: DatabaseKind;
  /** For reading. Writes go through {@link write}: on SQLite a bare write fails while another connection holds the file's lock. */
  readonly knex: Knex;
  /** One transaction that may write. On SQLite it holds the file's write lock from its first moment, so keep slow work outside. */
  write<R>(work: (transaction: Transaction) => Promise<R>): Promise<R>;
  /** One transaction that sees the database as it is at its first statement, whatever others write meanwhile. */
  snapshot<R>(work: (transaction: Transaction) => Promise<R>): Promise<R>;
  close(): Promise<void>;
}

export interface DatabaseTarget {
  /** `postgres://…`; undefined = SQLite in the data folder. */
  readonly databaseUrl?: string;
  readonly dataFolder: string;
}

/** How long a write waits for another process before it gives up. */
const lockWaitMs = 30_000;
const bigintType = types.builtins.INT8;

/** Every failure is thrown to its caller, who logs it; knex writes nothing of its own to the console. */
const silence = { warn() {}, error() {}, debug() {}, deprecate() {} };

/** @throws StorageUnavailableError if the database does not answer. */
export async function openDatabase(target: DatabaseTarget): Promise<Database> {
  const database = target.databaseUrl === undefined ? openSqlite(target.dataFolder) : openPostgres(target.databaseUrl);
  try {
    await database.knex.raw('select 1');
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
}

function openSqlite(dataFolder: string): Database {
  makeDataFolder(dataFolder);
  const knex = knexOf({
    client: SqliteClient,
    connection: { filename: sqliteFile(dataFolder), options: { safeIntegers: true } },
    useNullAsDefault: true,
    // Messages of failed statements carry the statement, never its values.
    compileSqlOnError: false,
    log: silence,
    // Readers beside the writer, so that a long write transaction does not stop the reads of this process.
    pool: { min: 1, max: 4, afterCreate: prepareSqliteConnection },
  });
  let lastWrite: Promise<unknown> = Promise.resolve();
  return {
    kind: 'sqlite',
    knex,
    write(work) {
      const result = lastWrite.then(() => retryWhileLocked(() => knex.transaction(work)));
      lastWrite = result.catch(() => undefined);
      return result;
    },
    snapshot: (work) => knex.transaction(work, { readOnly: true }),
    close: () => knex.destroy(),
  };
}

function prepareSqliteConnection(connection: SqliteConnection, done: (error: unknown, connection: SqliteConnection) => void): void {
  try {
    // Only for the moment of opening: WAL mode is switched on under a lock that another process may hold.
    connection.pragma('busy_timeout = 5000');
    connection.pragma('journal_mode = WAL');
    connection.pragma('synchronous = FULL');
    connection.pragma('foreign_keys = ON');
    // A wait for another process must never stop the event loop: writes wait asynchronously instead.
    connection.pragma('busy_timeout = 0');
    done(null, connection);
  } catch (error) {
    done(error, connection);
  }
}

async function retryWhileLocked<R>(attempt: () => Promise<R>): Promise<R> {
  const deadline = Date.now() + lockWaitMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!isLockedByAnother(error) || Date.now() > deadline) throw error;
    }
    await sleep(2 + Math.random() * 8);
  }
}

function openPostgres(databaseUrl: string): Database {
  const knex = knexOf({
    client: PostgresClient,
    connection: { connectionString: databaseUrl, connectionTimeoutMillis: 5_000, application_name: 'tollgate', keepAlive: true },
    compileSqlOnError: false,
    log: silence,
    acquireConnectionTimeout: 10_000,
    pool: {
      min: 0,
      max: 10,
      afterCreate(connection: ClientBase, done: (error: unknown, connection: ClientBase) => void) {
        connection.setTypeParser(bigintType, BigInt);
        done(null, connection);
      },
    },
  });
  return {
    kind: 'postgres',
    knex,
    write: (work) => knex.transaction(work),
    snapshot: (work) => knex.transaction(work, { isolationLevel: 'repeatable read', readOnly: true }),
    close: () => knex.destroy(),
  };
}
