import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { type Database, type DatabaseKind, type DatabaseTarget, openDatabase } from './database.js';
import { migrate } from './migrate.js';

/** A database of a test's own. `target` opens it again, as another process would. */
export interface OpenedTestDatabase {
  readonly database: Database;
  readonly target: DatabaseTarget;
  close(): Promise<void>;
}

export interface TestDatabase {
  readonly kind: DatabaseKind;
  /** A new and migrated database; `close` removes it. */
  readonly open: (options?: { readonly migrated?: boolean }) => Promise<OpenedTestDatabase>;
}

/**
 * The databases that this machine can test on, for `describe.each(testDatabases())('… on $kind', ({ open }) => …)`: SQLite always,
 * PostgreSQL where `DATABASE_URL_TEST` names a server (with `CI` set: the one at the default local port).
 */
export function testDatabases(): readonly TestDatabase[] {
  const server = process.env['DATABASE_URL_TEST'] ?? (process.env['CI'] ? 'postgres://postgres@127.0.0.1:5432/postgres' : undefined);
  const sqlite: TestDatabase = { kind: 'sqlite', open: (options) => openSqlite(options?.migrated ?? true) };
  if (server === undefined) return [sqlite];
  return [sqlite, { kind: 'postgres', open: (options) => openPostgres(server, options?.migrated ?? true) }];
}

async function openSqlite(migrated: boolean): Promise<OpenedTestDatabase> {
  const target = { dataFolder: mkdtempSync(join(tmpdir(), 'tollgate-test-')) };
  const database = await openDatabase(target);
  if (migrated) await migrate(database);
  return {
    database,
    target,
    async close() {
      await database.close();
      rmSync(target.dataFolder, { recursive: true, force: true });
    },
  };
}

async function openPostgres(server: string, migrated: boolean): Promise<OpenedTestDatabase> {
  const name = `tollgate_test_${process.pid}_${randomBytes(6).toString('hex')}`;
  await onServer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const target = { databaseUrl: url.href, dataFolder: tmpdir() };
  const database = await openDatabase(target);
  if (migrated) await migrate(database);
  return {
    database,
    target,
    async close() {
      await database.close();
      await onServer(server, `drop database ${name} with (force)`);
    },
  };
}

async function onServer(server: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
