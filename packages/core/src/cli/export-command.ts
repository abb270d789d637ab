import { defineCommand } from 'citty';
import { applySections, exportConfiguration, exportText } from '../modules/apply/index.js';
import { configOption } from './arguments.js';
import { checkArguments } from './check-arguments.js';
import { loadSurroundings } from './surroundings.js';
import { processTerminal } from './terminal.js';
import { UsageError } from './usage-error.js';
import { withApplyContext } from './with-apply-context.js';

const declared = {
  only: { type: 'string', valueHint: 'sections', description: `Only these of ${applySections.join(', ')}, joined by commas` },
  json: { type: 'boolean', description: 'Print JSON: the file, and the variables that it needs' },
  ...configOption,
} as const;

export const exportCommand = defineCommand({
  meta: { name: 'export', description: 'Print the configuration as a file for "tollgate apply", without its secrets' },
  args: declared,
  async run({ args, rawArgs }) {
    checkArguments(rawArgs, declared);
    const sections = args.only === undefined ? undefined : args.only.split(',').map(sectionOf);
    const surroundings = await loadSurroundings(args.config, undefined, { looksOnly: true });
    const found = await withApplyContext(surroundings, (context) => exportConfiguration(context, { sections }), 'check');
    processTerminal.print(args.json === true ? JSON.stringify(found, undefined, 2) : exportText(found).trimEnd());
  },
});

/** @throws UsageError */
function sectionOf(name: string): (typeof applySections)[number] {
  const section = applySections.find((each) => each === name);
  if (section === undefined) throw new UsageError(`There is no section "${name}". There are: ${applySections.join(', ')}.`);
  return section;
}
