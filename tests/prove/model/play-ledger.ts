import * as fc from 'fast-check';
import { expect } from 'vitest';
import { LedgerBench } from '../../../packages/core/src/modules/ledger/ledger-test-bench.js';
import type { TestDatabase } from '../../../packages/core/src/storage/test-database.js';
import { budgetOfPoor, ledgerCommands, LossyLine, modelUsers, type RealLedger } from './ledger-commands.js';
import { LedgerModel } from './ledger-model.js';

const startingBalance = 5_000n;

/** Plays random commands to the ledger and to its model, `runs` times on books of their own. @throws with the commands that tell them apart. */
export async function playLedger(
  databases: Pick<TestDatabase, 'open'>,
  options: { readonly runs: number; readonly seed: number },
): Promise<void> {
  const bench = await LedgerBench.open(databases);
  try {
    await fc.assert(
      fc.asyncProperty(fc.commands([...ledgerCommands()], { maxCommands: 40, size: 'max' }), async (commands) => {
        const real = await emptied(bench);
        await fc.asyncModelRun(() => ({ model: startingModel(), real }), commands);
        real.line.lose(0);
        for (const node of real.nodes) await node.close();
        expect((await bench.verify()).differences).toEqual([]);
      }),
      { numRuns: options.runs, seed: options.seed, endOnFailure: false },
    );
  } finally {
    await bench.close();
  }
}

/** A run finds users and tokens as the model has them at first. */
async function emptied(bench: LedgerBench): Promise<RealLedger> {
  const hours = bench.database.kind === 'sqlite' ? 'usage_hour_sums' : 'usage_hours';
  await bench.database.write(async (transaction) => {
    for (const table of ['transfers', 'holds', 'usage_records', hours, 'accounts', 'token_budgets']) await transaction(table).delete();
  });
  for (const user of modelUsers) await bench.user(user, startingBalance);
  await bench.token('poor', budgetOfPoor);
  await bench.token('free', 'unlimited');
  const line = new LossyLine();
  const wrap = line.around.bind(line);
  return { bench, nodes: [bench.writer({ nodeId: 'first', wrap }), bench.writer({ nodeId: 'second', wrap })], line, requests: new Map() };
}

function startingModel(): LedgerModel {
  const model = new LedgerModel();
  for (const user of modelUsers) model.users.set(user, { balance: startingBalance, held: 0n });
  model.tokens.set('poor', { granted: budgetOfPoor, spent: 0n, held: 0n, target: budgetOfPoor });
  model.tokens.set('free', { granted: undefined, spent: 0n, held: 0n, target: undefined });
  return model;
}
