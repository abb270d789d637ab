import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase, type Transaction } from '../../packages/core/src/storage/database.js';
import { checkSchema, migrate, type Migration } from '../../packages/core/src/storage/migrate.js';
import { migrations } from '../../packages/core/src/storage/migrations/index.js';
import { SchemaPendingError, SchemaTooNewError } from '../../packages/core/src/storage/storage-errors.js';
import { eventually } from '../support/eventually.js';
import { createOwnDatabase, databaseKinds } from '../support/own-database.js';
import { repositoryFolder } from '../support/repository.js';

const statements = { first: 'create table one (id text)', half: 'create table two (id text)' };
const migrationOf = (name: string, up: Migration['up'], minimumNodeVersion?: string): Migration => ({
  name,
  up,
  ...(minimumNodeVersion === undefined ? {} : { minimumNodeVersion }),
});
const running = (statement: string) => async (transaction: Transaction) => void (await transaction.raw(statement));
const first = migrationOf('0001-first', running(statements.first));
const second = migrationOf('0002-second', running(statements.half));

describe('the migrations of this release', () => {
  it('stand in the order of their names, which nodes are compared by', () => {
    const names = migrations.map(({ name }) => name);
    expect(names).toEqual(names.toSorted());
    expect(new Set(names).size).toBe(names.length);
  });

  it('want no node that is newer than themselves', () => {
    expect(migrations.filter(({ name, minimumNodeVersion = name }) => minimumNodeVersion > name)).toEqual([]);
  });
});

describe.each(databaseKinds)('migrations of several nodes on %s', (kind) => {
  let folder: string;
  let place: { readonly dataFolder: string; readonly databaseUrl?: string };
  let drop: () => Promise<void>;
  let nodes: [Database, Database];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tollgate-migrations-'));
    const own = kind === 'postgres' ? await createOwnDatabase() : undefined;
    place = { dataFolder: join(folder, 'data'), ...(own === undefined ? {} : { databaseUrl: own.url }) };
    drop = async () => own?.drop();
    nodes = [await openDatabase(place), await openDatabase(place)];
  });
  afterEach(async () => {
    for (const node of nodes) await node.close();
    await drop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are run by the one that comes first, while the other waits', async () => {
    const runs: number[] = [];
    let goOn: () => void = () => undefined;
    const mayGoOn = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const slowOf = (node: number): readonly Migration[] => [
      migrationOf('0001-first', async (transaction) => {
        runs.push(node);
        await transaction.raw(statements.first);
        await mayGoOn;
      }),
      second,
    ];
    const ones = migrate(nodes[0], slowOf(0));
    await eventually('the first is in the middle of it', () => runs.length === 1);
    let otherIsDone = false;
    const others = migrate(nodes[1], slowOf(1)).finally(() => void (otherIsDone = true));
    if (kind === 'postgres') await eventually('the other waits for the lock', () => waitsForLock(nodes[1]));
    expect(otherIsDone).toBe(false);
    goOn();
    expect([...(await ones), ...(await others)].toSorted()).toEqual(['0001-first', '0002-second']);
    expect(runs).toEqual([0]);
  });

  it('are resumed where a killed node was, and until then nobody serves', async () => {
    const told = JSON.stringify({ ...place, masterSecret: 'the secret of a node that is killed', ...statements });
    const victim = spawn(process.execPath, [join(repositoryFolder, 'tests/cluster/migrating-node.mjs'), told], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const gone = once(victim, 'close');
    await Promise.race([once(victim.stdout, 'data'), gone.then(() => Promise.reject(new Error('It ended by itself.')))]);
    // On PostgreSQL others see what is done, and wait with the rest; on SQLite it is the file's only writer.
    await expect(checkSchema(nodes[0], [first, second])).rejects.toThrow(SchemaPendingError);
    victim.kill('SIGKILL');
    await gone;
    await expect(checkSchema(nodes[0], [first, second])).rejects.toThrow(/lacks the migration 0002-second: run `tollgate migrate`/);
    expect(await nodes[0].knex.schema.hasTable('two')).toBe(false);
    expect(await migrate(nodes[0], [first, second])).toEqual(['0002-second']);
    await checkSchema(nodes[1], [first, second]);
    expect(await nodes[1].knex.schema.hasTable('two')).toBe(true);
  });

  it('keep out who is too old for one of them, however it came to be', async () => {
    const next = migrationOf('0003-next', running('create table three (id text)'), '0002-second');
    await migrate(nodes[0], [first, second, next]);
    expect(await migrate(nodes[1], [first, second])).toEqual([]);
    await expect(migrate(nodes[1], [first])).rejects.toThrow(/newer release \(0002-second\): start that release/);
    await expect(checkSchema(nodes[1], [first])).rejects.toThrow(SchemaTooNewError);
    const contract = migrationOf('0004-contract', running('drop table three'));
    expect(await migrate(nodes[0], [first, second, next, contract])).toEqual(['0004-contract']);
    await expect(migrate(nodes[1], [first, second])).rejects.toThrow(/0004-contract/);
  });

  it('keep out who is left behind by another while it is at its own', async () => {
    const contract = migrationOf('0004-contract', running('drop table one'));
    const slow = migrationOf('0003-third', async () => undefined);
    let overtake: (() => Promise<unknown>) | undefined = () => migrate(nodes[0], [first, second, contract]);
    // Between two migrations the lock is free.
    const node: Database = {
      ...nodes[1],
      async write(work) {
        const result = await nodes[1].write(work);
        const applied = await nodes[1].knex('schema_migrations').select('name');
        if (applied.length === 2) {
          const now = overtake;
          overtake = undefined;
          await now?.();
        }
        return result;
      },
    };
    await expect(migrate(node, [first, second, slow])).rejects.toThrow(/newer release \(0004-contract\)/);
  });

  async function waitsForLock(database: Database): Promise<boolean> {
    const rows = await database
      .knex('pg_locks')
      .where({ locktype: 'advisory', granted: false })
      .whereRaw('database = (select oid from pg_database where datname = current_database())')
      .select('pid');
    return rows.length > 0;
  }
});
