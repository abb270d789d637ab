import { defineCommand } from 'citty';
import { systemClock } from '../foundation/clock.js';
import { presentApplied, presentDifference, presentRun } from '../http/api/price-answers.js';
import { ChannelDirectory } from '../modules/channels/index.js';
import { type ConfirmableMark, confirmableMarks, PriceFetcher, PriceSync, priceSyncSettings } from '../modules/price-sync/index.js';
import { configOption } from './arguments.js';
import { checkArguments } from './check-arguments.js';
import { missingPricesCommand } from './missing-prices-command.js';
import { appliedText, differencesText, runText } from './present-prices.js';
import { loadSurroundings } from './surroundings.js';
import { processTerminal } from './terminal.js';
import { UsageError } from './usage-error.js';
import { withApplyContext } from './with-apply-context.js';

const jsonOption = { json: { type: 'boolean', description: 'Print JSON' } } as const;

const listArguments = {
  everything: { type: 'boolean', description: 'Also models that this gateway neither knows nor offers' },
  ...jsonOption,
  ...configOption,
} as const;

const listCommand = defineCommand({
  meta: { name: 'list', description: 'Show where the prices in force differ from what sources state' },
  args: listArguments,
  async run({ args, rawArgs }) {
    checkArguments(rawArgs, listArguments);
    const differences = await withPriceSync(args.config, (sync) => sync.differences({ everything: args.everything === true }));
    processTerminal.print(args.json === true ? asJson({ differences: differences.map(presentDifference) }) : differencesText(differences));
  },
});

const syncArguments = { ...jsonOption, ...configOption } as const;

const syncCommand = defineCommand({
  meta: { name: 'sync', description: 'Ask every channel and configured source for prices, and show what differs; changes nothing' },
  args: syncArguments,
  async run({ args, rawArgs }) {
    checkArguments(rawArgs, syncArguments);
    const { run, differences } = await withPriceSync(args.config, async (sync) => ({
      run: await sync.run(),
      differences: await sync.differences(),
    }));
    const text = () => [...runText(run), differencesText(differences)].join('\n');
    processTerminal.print(args.json === true ? asJson({ ...presentRun(run), differences: differences.map(presentDifference) }) : text());
  },
});

const applyArguments = {
  model: { type: 'string', valueHint: 'name,…', description: 'These models; needs --from' },
  from: { type: 'string', valueHint: 'source', description: 'The source whose prices are taken, as "prices list" shows it' },
  all: { type: 'boolean', description: 'All prices that no conflict speaks against; never one that was set by hand' },
  'even-if': { type: 'string', valueHint: 'mark,…', description: `Take named models although: ${confirmableMarks.join(', ')}` },
  ...jsonOption,
  ...configOption,
} as const;

const applyCommand = defineCommand({
  meta: { name: 'apply', description: 'Take over prices that sources state: all or none of those named' },
  args: applyArguments,
  async run({ args, rawArgs }) {
    checkArguments(rawArgs, applyArguments);
    const { model, from, all } = args;
    const evenIf = marksIn(args['even-if']);
    if ((model === undefined) === (all !== true)) throw new UsageError('Say which prices: --model with --from, or --all.');
    if (model !== undefined && from === undefined) throw new UsageError('Say whose prices: --from.');
    if (model === undefined && evenIf.length > 0)
      throw new UsageError('Conflicts are confirmed model by model: use --model with --even-if.');
    const applied = await withPriceSync(args.config, (sync) =>
      model === undefined
        ? sync.applyUnopposed(from)
        : sync.apply(listIn(model).map((name) => ({ model: name, source: from ?? '', evenIf }))),
    );
    processTerminal.print(args.json === true ? asJson(presentApplied(applied)) : appliedText(applied));
  },
});

export const pricesCommand = defineCommand({
  meta: { name: 'prices', description: 'Compare prices with those of vendors and other gateways, and take them over' },
  subCommands: { list: listCommand, sync: syncCommand, apply: applyCommand, missing: missingPricesCommand },
});

/** A running gateway is not needed, and sees what changes within a second. */
async function withPriceSync<Result>(configFile: string | undefined, work: (sync: PriceSync) => Promise<Result>): Promise<Result> {
  const surroundings = await loadSurroundings(configFile);
  return withApplyContext(surroundings, async ({ database, providers, secretBox, settings }) => {
    const fetcher = new PriceFetcher();
    const channels = new ChannelDirectory(database, providers, secretBox, surroundings.logger);
    await Promise.all([settings.reload(), channels.reload()]);
    try {
      return await work(
        new PriceSync({
          database,
          providers: [...providers.values()],
          channels: () => channels.all(),
          settings: () => settings.current(priceSyncSettings),
          fetcher,
          clock: systemClock,
        }),
      );
    } finally {
      await fetcher.close();
    }
  });
}

function listIn(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** @throws UsageError */
function marksIn(text: string | undefined): readonly ConfirmableMark[] {
  return listIn(text ?? '').map((given) => {
    const mark = confirmableMarks.find((known) => known === given);
    if (mark === undefined) throw new UsageError(`"${given}" is nothing to confirm; use ${confirmableMarks.join(', ')}.`);
    return mark;
  });
}

function asJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}
