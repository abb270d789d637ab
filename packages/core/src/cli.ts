import { createRequire } from 'node:module';
import { stripVTControlCharacters } from 'node:util';
import { defineCommand, runCommand } from 'citty';
import { exitCodes } from './cli/exit-codes.js';
import { presentFailure } from './cli/present-failure.js';
import { processTerminal } from './cli/terminal.js';
import { UsageError } from './cli/usage-error.js';
import { usageText } from './cli/usage-text.js';
import { processVariables } from './environment.js';

const { version } = createRequire(import.meta.url)('../package.json') as { readonly version: string };

// Loaded when they are run: looking something up does not need the whole gateway.
const commands = {
  start: async () => (await import('./cli/start-command.js')).startCommand,
  setup: async () => (await import('./cli/setup-command.js')).setupCommand,
  apply: async () => (await import('./cli/apply-command.js')).applyCommand,
  export: async () => (await import('./cli/export-command.js')).exportCommand,
  'verify-ledger': async () => (await import('./cli/verify-ledger-command.js')).verifyLedgerCommand,
  token: async () => (await import('./cli/token-command.js')).tokenCommand,
  prices: async () => (await import('./cli/prices-command.js')).pricesCommand,
  ledger: async () => (await import('./cli/ledger-command.js')).ledgerCommand,
  migrate: async () => (await import('./cli/migrate-command.js')).migrateCommand,
};

const main = defineCommand({
  meta: { name: 'tollgate', version, description: 'A self-hosted LLM gateway with a ledger' },
  subCommands: commands,
});

/** Runs one command line and returns its exit code. */
async function run(rawArgs: readonly string[]): Promise<number> {
  try {
    if (rawArgs[0] === 'help') processTerminal.print(await usageOf(rawArgs.slice(1)));
    else if (rawArgs.some((argument) => argument === '--help' || argument === '-h')) processTerminal.print(await usageOf(rawArgs));
    else if (rawArgs[0] === '--version') processTerminal.print(version);
    else await runCommand(main, { rawArgs: rawArgs.map(asArgument) });
    return Number(process.exitCode ?? exitCodes.success);
  } catch (error) {
    if (!isUsageError(error)) {
      processTerminal.tell(presentFailure(error, processVariables()['LOG_LEVEL'] === 'debug'));
      return exitCodes.failure;
    }
    const message = stripVTControlCharacters(error.message).replace(/\.?$/, '.');
    processTerminal.tell(`${message}\n\n${await usageOf(rawArgs)}`);
    return exitCodes.usage;
  }
}

/** Amounts may be negative; with a hyphen in front they would be options. */
function asArgument(text: string): string {
  return /^-\d/.test(text) ? `\u2212${text.slice(1)}` : text;
}

function usageOf(words: readonly string[]): Promise<string> {
  return usageText(main, words, process.stdout.isTTY);
}

function isUsageError(error: unknown): error is Error {
  return error instanceof UsageError || (error instanceof Error && error.name === 'CLIError');
}

process.exit(await run(process.argv.slice(2)));
