import { defineCommand } from 'citty';
import { processVariables, readEnvironment } from '../environment.js';
import { systemClock } from '../foundation/clock.js';
import { ConfigurationError } from '../foundation/errors.js';
import { newId } from '../foundation/ids.js';
import { type Millipoints, millipointsFromPoints, millipointsMax, pointsText } from '../foundation/millipoints.js';
import { RowMac, rowMacKey } from '../foundation/row-mac.js';
import { Books, explainLedger } from '../modules/ledger/index.js';
import { findUserByName, type User } from '../modules/users/index.js';
import type { Database, Transaction } from '../storage/database.js';
import { configOption } from './arguments.js';
import { checkArguments } from './check-arguments.js';
import { withDatabase } from './open-database.js';
import { presentExplanation } from './present-explanation.js';
import { processTerminal } from './terminal.js';
import { UsageError } from './usage-error.js';

const userArgument = { type: 'positional', required: true, description: 'Username' } as const;
const explainArguments = {
  user: userArgument,
  json: { type: 'boolean', description: 'Print JSON' },
  ...configOption,
} as const;
const reasonOption = {
  reason: { type: 'string', required: true, valueHint: 'text', description: 'Why; kept with the booking and signed' },
} as const;
const adjustArguments = {
  user: userArgument,
  points: { type: 'positional', required: true, description: 'Points to give; with a minus, to take' },
  ...reasonOption,
  reference: {
    type: 'string',
    valueHint: 'text',
    description: 'Names the occasion: the same is booked once, however often it is asked for',
  },
  ...configOption,
} as const;
const refundArguments = {
  request: { type: 'positional', required: true, description: 'Request id of the call, as its answer and its receipt tell it' },
  ...reasonOption,
  points: { type: 'string', valueHint: 'points', description: 'Left out: all that the call was charged' },
  ...configOption,
} as const;

const reasonCharactersMax = 500;
const referenceCharactersMax = 100;

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
    const reason = lineOf('--reason', args.reason, reasonCharactersMax);
    const reference = args.reference === undefined ? newId() : lineOf('--reference', args.reference, referenceCharactersMax);
    const isNew = await booked(async (books, transaction) => {
      const { id: userId } = await userNamed({ knex: transaction }, args.user);
      return books.grant(transaction, { userId, amount, kind: 'adjustment', reference, reason });
    });
    processTerminal.print(
      isNew
        ? `Booked ${pointsText(amount)} points for ${args.user} (adjustment ${reference}).`
        : `The adjustment ${reference} was booked before, just so; nothing was changed.`,
    );
  },
});

const refundCommand = defineCommand({
  meta: { name: 'refund', description: 'Give back what a call was charged, once, with a reason that stays in the books' },
  args: refundArguments,
  async run({ args, rawArgs }) {
    checkArguments(rawArgs, refundArguments);
    const wanted = args.points === undefined ? {} : { amount: amountOf(args.points) };
    if (wanted.amount !== undefined && wanted.amount < 0n)
      throw new UsageError('Points are given back; to take some, use "ledger adjust".');
    const reason = lineOf('--reason', args.reason, reasonCharactersMax);
    const { amount, isNew } = await booked((books, transaction) =>
      books.refund(transaction, { requestId: args.request, ...wanted, reason }),
    );
    processTerminal.print(
      isNew
        ? `Gave back ${pointsText(amount)} points for call ${args.request}.`
        : `The ${pointsText(amount)} points of call ${args.request} were given back before, just so; nothing was changed.`,
    );
  },
});

export const ledgerCommand = defineCommand({
  meta: { name: 'ledger', description: "Explain or correct a user's balance" },
  subCommands: { explain: explainCommand, adjust: adjustCommand, refund: refundCommand },
});

/** Runs a booking in a transaction of its own. */
async function booked<Result>(book: (books: Books, transaction: Transaction) => Promise<Result>): Promise<Result> {
  const environment = readEnvironment(processVariables(), { looksOnly: true });
  const books = new Books(new RowMac(rowMacKey(environment.masterSecret)), systemClock);
  return withDatabase(environment, 'check', (database) => database.write((transaction) => book(books, transaction)));
}

/** @throws ConfigurationError */
async function userNamed(database: Pick<Database, 'knex'>, username: string): Promise<User> {
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
  if (amount === 0n) throw new UsageError('0 points change nothing.');
  if (amount > millipointsMax || millipointsMax + amount < 0n) throw new UsageError('That is more than one booking can be.');
  return amount;
}

/** @throws UsageError */
function lineOf(option: string, text: string, charactersMax: number): string {
  const line = text.trim();
  if (line === '' || line.length > charactersMax || /[\p{Cc}\p{Cs}]/u.test(line))
    throw new UsageError(`${option} is one line of 1 to ${charactersMax} characters.`);
  return line;
}
