import { defineCommand } from 'citty';
import { configOption } from './arguments.js';
import { checkArguments } from './check-arguments.js';
import { setUpFirstRun } from './first-run.js';
import { presentFirstRun } from './present-first-run.js';
import { loadSurroundings } from './surroundings.js';
import { processTerminal } from './terminal.js';
import { withApplyContext } from './with-apply-context.js';

export const setupCommand = defineCommand({
  meta: { name: 'setup', description: 'Make an empty gateway usable: a root account and a first API key; `start` does it too' },
  args: configOption,
  async run({ args, rawArgs }) {
    checkArguments(rawArgs, configOption);
    const firstRun = await withApplyContext(await loadSurroundings(args.config), setUpFirstRun);
    processTerminal.print(firstRun === undefined ? 'There are users already; nothing was changed.' : presentFirstRun(firstRun));
  },
});
