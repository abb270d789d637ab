import { defineCommand } from 'citty';
import { processVariables, readEnvironment } from '../environment.js';
import { systemClock } from '../foundation/clock.js';
import { ConfigurationError, GatewayError } from '../foundation/errors.js';
import { newId } from '../foundation/ids.js';
import { type Millipoints, millipointsFromPoints, millipointsMax, pointsText } from '../foundation/millipoints.js';
import { RowMac, rowMacKey } from '../foundation/row-mac.js';
import { Books, explainLedger } from '../modules/ledger/index.js';
import { findUserByName, type User } from '../modules/users/index.js';
import type { Database } from '../storage/database.js';
import { configOption } from './arguments.js';
import { checkArguments } from './check-arguments.js';
import { withDatabase } from './open-database.js';
import { presentExplanation } from './present-explanation.js';
import { processTerminal } from './terminal.js';
import { UsageError } from './usage-error.js';

const userArgument = { type: 'positional', required: true, description: 'Username' } as const;
const explainArguments = {
  user: userArgument,
  json: { type: 'boolean', description: 'Print it as JSON, amounts in millipoints' },
  ...configOption,
} as const;
const adjustArguments = {
  user: userArgument,
  points: { type: 'positional', required: true, description: 'Points to give; with a minus, to take' },
  reason: { type: 'string', required: true, valueHint: 'text', description: 'Why; kept with the booking and signed' },
  ...configOption,
} as const;

const reasonCharactersMax = 500;

const explainCommand = defineCommand({
  meta: { name: 'explain', description: "Tell where a user's balance comes from" },
  args: explainArguments,
  async run({ args, rawArgs }) {
    checkArguments(rawArgs, explainArguments);
    const environment = readEnvironment(processVariables(), { looksOnly: true });
    const explanation = await withDatabase(environment, 'check', async (database) =>
      explainLedger(database, (await userNamed(database, args.user)).id, systemClock.now()),
    );
    processTerminal.print(args.json === true ? JSON.stringify(explanation, undefined, 2) : presentExplanation(args.user, explanation));
  },
});

const adjustCommand = defineCommand({
  meta: { name: 'adjust', description: 'Give a user points, or take them, with a reason that stays in the books' },
  args: adjustArguments,
  async run({ args, rawArgs }) {
    checkArguments(rawArgs, adjustArguments);
    const amount = amountOf(args.points);
    const reason = reasonOf(args.reason);
    const environment = readEnvironment(processVariables(), { looksOnly: true });
    const books = new Books(new RowMac(rowMacKey(environment.masterSecret)), systemClock);
    const reference = newId();
    await withDatabase(environment, 'check', async (database) => {
      const { id: userId } = await userNamed(database, args.user);
      await database.write((transaction) => books.grant(transaction, { userId, amount, kind: 'adjustment', reference, reason }));
    }).catch((error: unknown) => {
      if (error instanceof GatewayError) throw new ConfigurationError(error.message, { cause: error });
      throw error;
    });
    processTerminal.print(`Booked ${pointsText(amount)} points for ${args.user} (adjustment ${reference}).`);
  },
});

export const ledgerCommand = defineCommand({
  meta: { name: 'ledger', description: "Explain or adjust a user's balance" },
  subCommands: { explain: explainCommand, adjust: adjustCommand },
});

/** @throws ConfigurationError */
async function userNamed(database: Database, username: string): Promise<User> {
  const user = await findUserByName(database.knex, username);
  if (user === undefined) throw new ConfigurationError(`There is no user "${username}".`);
  return user;
}

/** @throws UsageError */
function amountOf(points: string): Millipoints {
  let amount: Millipoints;
  try {
    amount = millipointsFromPoints(points.replace('\u2212', '-'));
  } catch (error) {
    throw new UsageError((error as RangeError).message);
  }
  if (amount === 0n) throw new UsageError('An adjustment of 0 points changes nothing.');
  if (amount > millipointsMax || millipointsMax + amount < 0n) throw new UsageError('That is more than one booking can be.');
  return amount;
}

/** @throws UsageError */
function reasonOf(text: string): string {
  const reason = text.trim();
  if (reason === '' || reason.length > reasonCharactersMax || /[\p{Cc}\p{Cs}]/u.test(reason))
    throw new UsageError(`--reason is one line of 1 to ${reasonCharactersMax} characters.`);
  return reason;
}
