import { defineCommand } from 'citty';
import { processVariables, readEnvironment } from '../environment.js';
import { RowMac, rowMacKey } from '../foundation/row-mac.js';
import { verifyLedger } from '../modules/ledger/index.js';
import type { LedgerReport } from '../modules/ledger/index.js';
import { configOption } from './arguments.js';
import { checkArguments } from './check-arguments.js';
import { exitCodes } from './exit-codes.js';
import { withDatabase } from './open-database.js';
import { processTerminal } from './terminal.js';

const declared = { json: { type: 'boolean', description: 'Print the report as JSON' }, ...configOption } as const;

export const verifyLedgerCommand = defineCommand({
  meta: { name: 'verify-ledger', description: 'Recompute every balance from the rows; fails if anything differs' },
  args: declared,
  async run({ args, rawArgs }) {
    checkArguments(rawArgs, declared);
    const environment = readEnvironment(processVariables(), { looksOnly: true });
    const mac = new RowMac(rowMacKey(environment.masterSecret));
    const report = await withDatabase(environment, 'check', (database) => verifyLedger(database, mac));
    processTerminal.print(args.json === true ? JSON.stringify(report, undefined, 2) : presentReport(report));
    if (!report.clean) process.exitCode = exitCodes.failure;
  },
});

function presentReport({ clean, checked, differences }: LedgerReport): string {
  const { accounts, transfers, holds, openHolds, usageRecords, tokenBudgets, spendCounters } = checked;
  return [
    ...differences.map(({ type, id, what, expected, found }) => `${type} ${id}: ${what} should be ${expected}, found ${found}`),
    `Checked ${accounts} accounts, ${transfers} transfers, ${holds} holds (${openHolds} open), ${usageRecords} usage records, ${tokenBudgets} token budgets, ${spendCounters} spend counters.`,
    clean ? 'The ledger is clean.' : `The ledger is NOT clean: ${differences.length} differences.`,
  ].join('\n');
}
