import { defineCommand } from 'citty';
import { processVariables, readEnvironment } from '../environment.js';
import { RowMac, rowMacKey } from '../foundation/row-mac.js';
import { type LedgerReport, verifyLedger, type VerifyProgress } from '../modules/ledger/index.js';
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
    const report = await withDatabase(environment, 'check', (database) => verifyLedger(database, mac, progressTeller()));
    processTerminal.print(args.json === true ? JSON.stringify(report, undefined, 2) : presentReport(report));
    if (!report.clean) process.exitCode = exitCodes.failure;
  },
});

const rowsPerLine = 100_000;

/** A line for each hundred thousand rows; small books are read in silence. */
function progressTeller(): VerifyProgress {
  let told = 0;
  let toldTable = '';
  return (table, rows) => {
    if (table !== toldTable) told = 0;
    toldTable = table;
    if (rows - told < rowsPerLine) return;
    told = rows - (rows % rowsPerLine);
    processTerminal.tell(`${told} ${table} read`);
  };
}

function presentReport({ clean, checked, differences, differencesCount }: LedgerReport): string {
  const { accounts, transfers, holds, usageRecords, usageHours, tokenBudgets, spendCounters } = checked;
  return [
    ...differences.map(({ type, id, what, expected, found }) => `${type} ${id}: ${what} should be ${expected}, found ${found}`),
    ...(differencesCount > differences.length ? [`… and ${differencesCount - differences.length} more.`] : []),
    `Checked ${accounts} accounts, ${transfers} transfers, ${holds} open holds, ${usageRecords} usage records, ${usageHours} hourly roll-ups, ${tokenBudgets} token budgets, ${spendCounters} spend counters.`,
    clean ? 'The ledger is clean.' : `The ledger is NOT clean: ${differencesCount} differences.`,
  ].join('\n');
}
