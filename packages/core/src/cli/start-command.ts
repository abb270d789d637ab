import { defineCommand } from 'citty';
import { createGateway, type Gateway } from '../gateway.js';
import { configOption } from './arguments.js';
import { checkArguments } from './check-arguments.js';
import { setUpFirstRun } from './first-run.js';
import { outliveFaults } from './outlive-faults.js';
import { presentFirstCall, presentFirstRun } from './present-first-run.js';
import { untilStopped } from './stop-signals.js';
import { loadSurroundings } from './surroundings.js';
import { processTerminal } from './terminal.js';
import { applyContext } from './with-apply-context.js';
import { keepCallsYoung } from './young-calls.js';

export const startCommand = defineCommand({
  meta: { name: 'start', description: 'Serve; the first start makes a root account and a first API key' },
  args: configOption,
  async run({ args, rawArgs }) {
    checkArguments(rawArgs, configOption);
    keepCallsYoung();
    const surroundings = await loadSurroundings(args.config);
    outliveFaults(surroundings.logger);
    let presentCall: ((url: string) => string | undefined) | undefined;
    const gateway = await createGateway(surroundings, async ({ database, plugins }) => {
      const firstRun = await setUpFirstRun(applyContext(surroundings.environment, database, plugins.providers));
      if (firstRun === undefined) return;
      // Before anything else can fail: nobody will see password and key again.
      processTerminal.print(presentFirstRun(firstRun));
      presentCall = (url) => presentFirstCall(url, firstRun, plugins.dialects.values());
    });
    const url = await listen(gateway);
    processTerminal.print(`Tollgate is ready at ${url}\n`);
    const firstCall = presentCall?.(url);
    if (firstCall !== undefined) processTerminal.print(firstCall);
    await untilStopped(gateway, surroundings.logger);
  },
});

/** @throws ConfigurationError after everything that was opened is closed again. */
async function listen(gateway: Gateway): Promise<string> {
  try {
    return (await gateway.listen()).url;
  } catch (error) {
    await gateway.close();
    throw error;
  }
}
