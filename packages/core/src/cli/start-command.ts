import type { Dialect } from '@tollgate/plugin-kit';
import { defineCommand } from 'citty';
import { createGateway } from '../gateway.js';
import { configOption } from './arguments.js';
import { checkArguments } from './check-arguments.js';
import { setUpFirstRun } from './first-run.js';
import type { FirstRun } from './first-run.js';
import { outliveFaults } from './outlive-faults.js';
import { presentFirstCall, presentFirstRun } from './present-first-run.js';
import { untilStopped } from './stop-signals.js';
import { loadSurroundings } from './surroundings.js';
import type { Surroundings } from './surroundings.js';
import { processTerminal } from './terminal.js';
import { withApplyContext } from './with-apply-context.js';

export const startCommand = defineCommand({
  meta: { name: 'start', description: 'Serve; the first start makes a root account and a first API key' },
  args: configOption,
  async run({ args, rawArgs }) {
    checkArguments(rawArgs, configOption);
    const surroundings = await loadSurroundings(args.config);
    const { firstRun, dialects } = await setUp(surroundings);
    // Before anything else can fail: nobody will see password and key again.
    if (firstRun !== undefined) processTerminal.print(presentFirstRun(firstRun));
    outliveFaults(surroundings.logger);
    const gateway = await createGateway(surroundings);
    const { url } = await gateway.listen();
    processTerminal.print(`Tollgate is ready at ${url}\n`);
    const firstCall = firstRun === undefined ? undefined : presentFirstCall(url, firstRun, dialects);
    if (firstCall !== undefined) processTerminal.print(firstCall);
    await untilStopped(gateway, surroundings.logger);
  },
});

interface SetUp {
  readonly firstRun: FirstRun | undefined;
  readonly dialects: readonly Dialect[];
}

function setUp(surroundings: Surroundings): Promise<SetUp> {
  return withApplyContext(surroundings, async (context, plugins) => ({
    firstRun: await setUpFirstRun(context),
    dialects: [...plugins.dialects.values()],
  }));
}
