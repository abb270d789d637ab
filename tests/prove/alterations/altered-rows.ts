import type { LedgerBench } from '../../../packages/core/src/modules/ledger/ledger-test-bench.js';
import { holdOf, settlementOf } from '../../../packages/core/src/modules/ledger/ledger-test-bench.js';

/** Tables whose rows never change once they are written, the columns that name a row, and how a difference names it. */
export const unchangingTables = {
  transfers: { key: ['kind', 'reference', 'leg'], nameOf: (row: Row) => String(row['reference']) },
  usage_records: { key: ['created_at', 'id'], nameOf: (row: Row) => String(row['id']) },
} as const;

export type UnchangingTable = keyof typeof unchangingTables;
export type Row = Readonly<Record<string, unknown>>;

const callsAtOnce = 2_000;

/** Books with as many settled calls, written by the ledger itself. */
export async function fillBooks(bench: LedgerBench, calls: number, progress: (done: number) => void): Promise<void> {
  const users = Array.from({ length: 50 }, (_, index) => `user-${index}`);
  for (const user of users) await bench.user(user, 1_000_000_000_000n);
  await bench.token('t', 'unlimited');
  const ledger = bench.writer();
  for (let done = 0; done < calls; done += callsAtOnce) {
    const holds = Array.from({ length: Math.min(callsAtOnce, calls - done) }, (_, index) =>
      holdOf(100n, { userId: users[index % users.length] as string, ...(index % 3 === 0 ? { tokenId: 't' } : {}) }),
    );
    await Promise.all(holds.map((hold) => ledger.hold(hold)));
    await Promise.all(holds.map((hold) => ledger.settle(settlementOf(hold, 70n))));
    progress(done + holds.length);
  }
}

/** Names of the table's columns, with the types that the database gives them. */
export async function columnsOf(bench: LedgerBench, table: UnchangingTable): Promise<ReadonlyMap<string, string>> {
  const found = await bench.database.knex(table).columnInfo();
  return new Map(Object.entries(found).map(([name, { type }]) => [name, type]));
}

/** Changes one column of the row by hand, lets `look` look, and changes it back. */
export async function whileAltered<Seen>(
  bench: LedgerBench,
  { table, row, column, type }: { readonly table: UnchangingTable; readonly row: Row; readonly column: string; readonly type: string },
  look: () => Promise<Seen>,
): Promise<Seen> {
  const key = Object.fromEntries(unchangingTables[table].key.map((name) => [name, row[name]]));
  const altered = alteredValue(row[column], type);
  const set = (where: object, value: unknown) =>
    bench.database.write((transaction) =>
      transaction(table)
        .where(where)
        .update({ [column]: value }),
    );
  await set(key, altered);
  try {
    return await look();
  } finally {
    await set(column in key ? { ...key, [column]: altered } : key, row[column]);
  }
}

/** Another value that the column takes. */
function alteredValue(value: unknown, type: string): unknown {
  if (value === null) return /int/i.test(type) ? 7 : 'altered';
  if (typeof value === 'bigint') return value + 1n;
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'string') return `${value}x`;
  throw new TypeError(`A value of type ${typeof value} cannot be altered.`);
}
