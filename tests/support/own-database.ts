import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

/** The databases a gateway can be tested on here. PostgreSQL is missing where no server could be found or started. */
export const databaseKinds: readonly ('sqlite' | 'postgres')[] =
  process.env['DATABASE_URL_TEST'] === undefined ? ['sqlite'] : ['sqlite', 'postgres'];

export interface OwnDatabase {
  readonly url: string;
  /** Runs one statement, as if from outside. */
  run(statement: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  drop(): Promise<void>;
}

/** A PostgreSQL database that belongs to one test. */
export async function createOwnDatabase(): Promise<OwnDatabase> {
  const server = process.env['DATABASE_URL_TEST'];
  if (server === undefined) throw new Error('There is no PostgreSQL server to test on; see databaseKinds.');
  const name = `tollgate_tests_${process.pid}_${randomBytes(6).toString('hex')}`;
  await execute(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    run: (statement) => execute(url.href, statement),
    drop: async () => void (await execute(server, `drop database if exists ${name} with (force)`)),
  };
}

async function execute(server: string, statement: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}
