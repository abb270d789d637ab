import { defineCommand } from 'citty';
import { z } from 'zod';
import { channelFilterShape, channelStates, filterOf } from '../http/api/channels.js';
import { applySections, exportConfiguration, exportText } from '../modules/apply/index.js';
import { readShut } from '../modules/health/index.js';
import { configOption } from './arguments.js';
import { checkArguments } from './check-arguments.js';
import { loadSurroundings } from './surroundings.js';
import { processTerminal } from './terminal.js';
import { UsageError } from './usage-error.js';
import { withApplyContext } from './with-apply-context.js';

const declared = {
  only: { type: 'string', valueHint: 'sections', description: `Only these of ${applySections.join(', ')}, joined by commas` },
  name: { type: 'string', valueHint: 'text', description: 'The channels with this in their name, and no other section' },
  'key-hint': { type: 'string', valueHint: 'text', description: 'Likewise, by a whole key, or how one begins or ends' },
  provider: { type: 'string', valueHint: 'id', description: 'Likewise, by provider' },
  model: { type: 'string', valueHint: 'name', description: 'Likewise, by a model that they offer' },
  group: { type: 'string', valueHint: 'name', description: 'Likewise, by group' },
  tag: { type: 'string', valueHint: 'name', description: 'Likewise, by tag' },
  state: { type: 'string', valueHint: channelStates.join('|'), description: 'Likewise, by state' },
  json: { type: 'boolean', description: 'Print JSON: the file, and the variables that it needs' },
  ...configOption,
} as const;

export const exportCommand = defineCommand({
  meta: { name: 'export', description: 'Print the configuration as a file for "tollgate apply", without its secrets' },
  args: declared,
  async run({ args, rawArgs }) {
    checkArguments(rawArgs, declared);
    const stated = statedFilter(args);
    const sections = args.only?.split(',').map(sectionOf) ?? (stated === undefined ? undefined : (['channels'] as const));
    const surroundings = await loadSurroundings(args.config, undefined, { looksOnly: true });
    const found = await withApplyContext(
      surroundings,
      async (context) => {
        const channels = stated && filterOf(stated, await readShut(context.database));
        return exportConfiguration(context, { sections, channels });
      },
      'check',
    );
    processTerminal.print(args.json === true ? JSON.stringify(found, undefined, 2) : exportText(found).trimEnd());
  },
});

type ChannelFilterOptions = Partial<Record<'name' | 'key-hint' | 'provider' | 'model' | 'group' | 'tag' | 'state', string | undefined>>;

/** The channels that are meant, if not all. @throws UsageError */
function statedFilter({ name, 'key-hint': keyHint, provider, model, group, tag, state }: ChannelFilterOptions) {
  const given = { name, keyHint, provider, model, group, tag, state };
  if (Object.values(given).every((value) => value === undefined)) return undefined;
  const checked = z.strictObject(channelFilterShape).safeParse(given);
  if (checked.success) return checked.data;
  const [problem] = checked.error.issues;
  const option = String(problem?.path[0]).replace('keyHint', 'key-hint');
  throw new UsageError(`--${option}: ${option === 'state' ? `there are ${channelStates.join(', ')}` : problem?.message}.`);
}

/** @throws UsageError */
function sectionOf(name: string): (typeof applySections)[number] {
  const section = applySections.find((each) => each === name);
  if (section === undefined) throw new UsageError(`There is no section "${name}". There are: ${applySections.join(', ')}.`);
  return section;
}
