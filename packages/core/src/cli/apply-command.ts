import { readFileSync } from 'node:fs';
import { defineCommand } from 'citty';
import { processVariables } from '../environment.js';
import { ConfigurationError } from '../foundation/errors.js';
import { executeApply, parseApplyFile, presentApply } from '../modules/apply/index.js';
import { configOption } from './arguments.js';
import { checkArguments } from './check-arguments.js';
import { withoutTrace } from './dry-run.js';
import { loadSurroundings, type Surroundings } from './surroundings.js';
import { processTerminal } from './terminal.js';
import { withApplyContext } from './with-apply-context.js';

const declared = {
  file: { type: 'positional', required: true, description: 'YAML or JSON file with groups, models, channels, users, tokens and settings' },
  'dry-run': { type: 'boolean', description: 'Say what would change, and write nothing' },
  prune: {
    type: 'boolean',
    description: 'Disable users, tokens, channels and models that the file does not name, where it has a section for them',
  },
  json: { type: 'boolean', description: 'Print the changes as JSON' },
  ...configOption,
} as const;

export const applyCommand = defineCommand({
  meta: { name: 'apply', description: 'Make the database what a file says; a running gateway follows within a second' },
  args: declared,
  async run({ args, rawArgs }) {
    checkArguments(rawArgs, declared);
    const file = parseApplyFile(readApplyFile(args.file), args.file, processVariables());
    const options = { dryRun: args['dry-run'] === true, prune: args.prune === true };
    const apply = (surroundings: Surroundings, schema: 'migrate' | 'check') =>
      withApplyContext(surroundings, (context) => executeApply(context, file, options), schema);
    const result = await (options.dryRun ? withoutTrace(args.config, apply) : apply(await loadSurroundings(args.config), 'migrate'));
    processTerminal.print(args.json === true ? JSON.stringify(result, undefined, 2) : presentApply(result));
  },
});

function readApplyFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new ConfigurationError(`There is no file ${file}.`);
    throw new ConfigurationError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`, { cause: error });
  }
}
