import { defineCommand } from 'citty';
import { processVariables, readEnvironment } from '../environment.js';
import { SecretBox } from '../foundation/secret-box.js';
import { type UnpricedModel, unpricedModels } from '../modules/models/index.js';
import { pricingSettings } from '../modules/pricing/index.js';
import { Settings } from '../modules/settings/index.js';
import { settingsDefinitions } from '../settings-definitions.js';
import { configOption } from './arguments.js';
import { checkArguments } from './check-arguments.js';
import { withDatabase } from './open-database.js';
import { processTerminal } from './terminal.js';

const declared = { json: { type: 'boolean', description: 'Print JSON' }, ...configOption } as const;

/** Needs neither plugins nor a running gateway. */
export const missingPricesCommand = defineCommand({
  meta: { name: 'missing', description: 'Show models that channels offer and nobody has priced' },
  args: declared,
  async run({ args, rawArgs }) {
    checkArguments(rawArgs, declared);
    const environment = readEnvironment(processVariables(), { looksOnly: true });
    const { missing, refused } = await withDatabase(environment, 'check', async (database) => {
      const settings = new Settings(database, settingsDefinitions, new SecretBox(environment.masterSecret));
      await settings.reload();
      return { missing: await unpricedModels(database), refused: settings.current(pricingSettings).mode === 'commercial' };
    });
    processTerminal.print(args.json === true ? JSON.stringify({ missing, refused }, undefined, 2) : presentMissing(missing, refused));
  },
});

function presentMissing(missing: readonly UnpricedModel[], refused: boolean): string {
  if (missing.length === 0) return 'Every model that channels offer has a price.';
  return [
    ...missing.map(({ model, channels, groups }) => `${model}: offered by ${channels.join(', ')} in ${groups.join(', ')}`),
    refused
      ? `Calls to ${missing.length} models are refused until they have a price: set one with "tollgate apply" or "tollgate prices apply".`
      : `Calls to ${missing.length} models are charged at the default ratio, since pricing.mode is self-use.`,
  ].join('\n');
}
