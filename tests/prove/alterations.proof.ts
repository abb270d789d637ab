import { describe, expect, it } from 'vitest';
import { LedgerBench } from '../../packages/core/src/modules/ledger/ledger-test-bench.js';
import { testDatabases } from '../../packages/core/src/storage/test-database.js';
import { columnsOf, fillBooks, type Row, type UnchangingTable, unchangingTables, whileAltered } from './alterations/altered-rows.js';
import { chanceOf } from './faults/chance.js';
import { proofOptions } from './proof-options.js';
import { ProofRecord } from './proof-record.js';

/** A few of the columns that tests/money/altered-rows.test.ts tries all of. */
const alterations = [
  ['transfers', 'amount'],
  ['transfers', 'credit_account'],
  ['usage_records', 'model'],
  ['usage_records', 'cost'],
] as const satisfies readonly (readonly [UnchangingTable, string])[];

const megabyte = 1_048_576;

describe.each(testDatabases().filter(({ kind }) => proofOptions.databases.includes(kind)))(
  'one altered row among many on $kind',
  (databases) => {
    it('is found by name, in bounded memory', async () => {
      const record = new ProofRecord('alterations', databases.kind, 'rows');
      const calls = Math.floor(proofOptions.rows / 2);
      const chance = chanceOf(proofOptions.from);
      const bench = await LedgerBench.open(databases);
      try {
        await fillBooks(bench, calls, (done) => record.sayProgress(done));
        const before = process.memoryUsage.rss();
        const startedAt = Date.now();
        const clean = await bench.verify();
        record.figure('verify-ledger of all rows', `${((Date.now() - startedAt) / 1_000).toFixed(1)} s`);
        record.figure('memory that verify-ledger needs besides', `${Math.round((process.memoryUsage.rss() - before) / megabyte)} MB`);
        record.tried(
          calls * 2,
          { checked: 1, violated: clean.clean ? [] : ['the books were not clean'] },
          'npm run prove -- --only alterations',
        );
        for (const [table, column] of alterations) {
          const row = await rowAt(bench, table, chance.below(calls));
          const type = (await columnsOf(bench, table)).get(column) ?? '';
          const { differences } = await whileAltered(bench, { table, row, column, type }, () => bench.verify());
          const name = unchangingTables[table].nameOf(row);
          const found = differences.some(({ id }) => id.includes(name));
          record.fault(`${table}.${column}`);
          record.tried(
            0,
            { checked: 1, violated: found ? [] : [`${table}.${column} of ${name} was not found`] },
            'npm run prove -- --only alterations',
          );
          record.sayProgress(calls * 2);
        }
      } finally {
        await bench.abandon();
      }
      expect(record.end()).toEqual([]);
    });
  },
);

async function rowAt(bench: LedgerBench, table: UnchangingTable, place: number): Promise<Row> {
  const rows: readonly Row[] = await bench.database
    .knex(table)
    .orderBy([...unchangingTables[table].key])
    .offset(place)
    .limit(1);
  if (rows[0] === undefined) throw new Error(`${table} has no row ${place}.`);
  return rows[0];
}
