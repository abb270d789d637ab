import { defineCommand } from 'citty';
import { processVariables, readEnvironment } from '../environment.js';
import { systemClock } from '../foundation/clock.js';
import { ConfigurationError } from '../foundation/errors.js';
import { createAccessToken, UnknownUserError } from '../modules/access/index.js';
import { configOption } from './arguments.js';
import { checkArguments } from './check-arguments.js';
import { withDatabase } from './open-database.js';
import { processTerminal } from './terminal.js';
import { UsageError } from './usage-error.js';

const declared = {
  access: { type: 'boolean', description: 'An access token, for the management API' },
  user: { type: 'string', default: 'root', valueHint: 'name', description: 'Whose permissions it has' },
  name: { type: 'string', default: 'command line', valueHint: 'name', description: 'To tell it from the others of this user' },
  ...configOption,
} as const;

const createCommand = defineCommand({
  meta: { name: 'create', description: 'Make an access token and show it, once' },
  args: declared,
  async run({ args, rawArgs }) {
    checkArguments(rawArgs, declared);
    if (args.access !== true) throw new UsageError('API keys are made by "tollgate apply". For an access token, add --access.');
    const environment = readEnvironment(processVariables(), { looksOnly: true });
    const secret = await withDatabase(environment, 'check', (database) =>
      database.write((transaction) => createAccessToken(transaction, args.user, args.name, systemClock.now())),
    ).catch(rethrowWithAdvice);
    processTerminal.print(secret);
  },
});

export const tokenCommand = defineCommand({
  meta: { name: 'token', description: 'Make credentials: "tollgate token create --access"' },
  subCommands: { create: createCommand },
});

/** A gateway that was set up by an apply file alone has the users of that file, and no root. */
function rethrowWithAdvice(error: unknown): never {
  if (!(error instanceof UnknownUserError)) throw error;
  throw new ConfigurationError(
    `${error.message} Say with --user whose token it is: a user with "role: admin" or "role: root", which "tollgate apply" makes.`,
    { cause: error },
  );
}
