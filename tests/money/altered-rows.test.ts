import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LedgerBench } from '../../packages/core/src/modules/ledger/ledger-test-bench.js';
import { testDatabases } from '../../packages/core/src/storage/test-database.js';
import { columnsOf, fillBooks, type Row, type UnchangingTable, unchangingTables, whileAltered } from '../prove/alterations/altered-rows.js';

const calls = 40;
const tables = Object.keys(unchangingTables) as UnchangingTable[];

describe.each(testDatabases())('verify-ledger on $kind', (databases) => {
  let bench: LedgerBench;
  beforeAll(async () => {
    bench = await LedgerBench.open(databases);
    await fillBooks(bench, calls, () => undefined);
  });
  afterAll(() => bench?.close());

  it.each(tables)('finds the row of %s that was altered, whichever column it is, and names it', async (table) => {
    const rows: readonly Row[] = await bench.database.knex(table).orderBy([...unchangingTables[table].key]);
    const row = rows[Math.floor(calls / 2)] as Row;
    const missed: string[] = [];
    for (const [column, type] of await columnsOf(bench, table)) {
      const { differences } = await whileAltered(bench, { table, row, column, type }, () => bench.verify());
      if (!differences.some(({ id }) => id.includes(unchangingTables[table].nameOf(row)))) missed.push(column);
    }
    expect(missed).toEqual([]);
    expect((await bench.verify()).differences).toEqual([]);
  });
});
