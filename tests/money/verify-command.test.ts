import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alice, openToken } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { createOwnDatabase, databaseKinds, type OwnDatabase } from '../support/own-database.js';

describe.each(databaseKinds)('tollgate verify-ledger on %s', (kind) => {
  let database: OwnDatabase | undefined;
  let gateway: TestGateway;

  beforeAll(async () => {
    database = kind === 'postgres' ? await createOwnDatabase() : undefined;
    const environment = database === undefined ? {} : { DATABASE_URL: database.url };
    gateway = await startGateway({ environment, apply: { users: [alice], tokens: [openToken] } });
  });

  afterAll(async () => {
    await gateway?.stop();
    await database?.drop();
  });

  async function alter(sql: string): Promise<void> {
    if (database === undefined) {
      const connection = new Sqlite(join(gateway.folder, 'data/tollgate.sqlite'));
      connection.exec(sql);
      connection.close();
      return;
    }
    const client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query(sql);
    await client.end();
  }

  it('prints what it checked and exits with 0 while the books are in order', async () => {
    const { exitCode, stdout } = await gateway.command('verify-ledger');
    expect(stdout).toContain(
      'Checked 1 accounts, 1 transfers, 0 open holds, 0 usage records, 0 hourly roll-ups, 1 token budgets, 0 spend counters.',
    );
    expect(exitCode).toBe(0);
  });

  it('names every difference and exits with 1, as text and as JSON', async () => {
    await alter('update accounts set balance = balance + 1');
    const text = await gateway.command('verify-ledger');
    expect(text.exitCode).toBe(1);
    expect(text.stdout).toMatch(/account wallet:\S+: balance should be 1000000000000, found 1000000000001/);
    expect(text.stdout).toContain('The ledger is NOT clean: 1 differences.');
    const json = await gateway.command('verify-ledger', '--json');
    expect(json.exitCode).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({ clean: false, differences: [{ type: 'account', what: 'balance' }] });
  });
});
