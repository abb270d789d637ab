import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Dialect } from '../../dialect.js';
import type { ConfiguredPlugin, Plugin, PluginParts } from '../../plugin.js';
import { type Check, checksOf, joinSuites, type Suite } from '../check.js';
import { dialectSuite } from '../dialect/dialect-suite.js';
import { readFixtures } from '../fixtures/read-fixtures.js';
import { type Fixtures, joinFixtures, noFixtures } from '../fixtures/recordings.js';
import { insist } from '../insist.js';
import { paymentSuite } from '../payment/payment-suite.js';
import { providerSuite } from '../provider/provider-suite.js';
import { taskSuite } from '../task/task-suite.js';
import { hookChecks } from './hook-checks.js';
import { manifestChecks, readManifest } from './manifest-checks.js';
import { startPlugin, type StartedPlugin } from './start-plugin.js';

export interface PluginEvidence {
  /** The folder of the plugin's package, where package.json and `__fixtures__` are. */
  readonly folder: string | URL;
  /** Recordings from elsewhere, besides those in `__fixtures__`. */
  readonly fixtures?: Fixtures;
  /** What a configuration would give the plugin. */
  readonly options?: unknown;
  readonly seed?: number;
}

/** Everything that a plugin promises: its package, and all that its set-up returns. The last check closes what the set-up opened. */
export async function pluginSuite(plugin: Plugin | ConfiguredPlugin, evidence: PluginEvidence): Promise<Suite> {
  const folder = typeof evidence.folder === 'string' ? evidence.folder : fileURLToPath(evidence.folder);
  const manifest = readManifest(folder);
  const fixtures = joinFixtures(readFixtures(join(folder, '__fixtures__')), evidence.fixtures ?? noFixtures);
  const started = await startPlugin(plugin, evidence.options);
  const name = started.plugin.name;
  return joinSuites(name, [
    { name, checks: manifestChecks('package', manifest, started), missing: [] },
    { name, checks: partChecks(started, fixtures), missing: [] },
    ...partSuites(started.parts, fixtures, evidence),
    { name, checks: checksOf('end', 'bronze', { 'closes what its set-up opened': () => started.close() }), missing: [] },
  ]);
}

function partSuites(
  { dialects = [], providers = [], payments = [], tasks = [], hooks }: PluginParts,
  fixtures: Fixtures,
  { seed }: PluginEvidence,
): readonly Suite[] {
  const onDemand = new Set(
    providers.flatMap(({ speaks }) => speaks.filter((spoken) => spoken.onDemand === true).map(({ dialect }) => dialect)),
  );
  const evidence = { recordings: fixtures.recordings, ...(seed === undefined ? {} : { seed }) };
  return [
    ...dialectsOf({ dialects, providers }).map((dialect) => {
      const suite = dialectSuite(dialect, evidence);
      // What channels have to ask for by name is an extra.
      return onDemand.has(dialect) && !dialects.includes(dialect) ? { ...suite, missing: [] } : suite;
    }),
    ...providers.map((provider) => providerSuite(provider, { fixtures })),
    ...payments.map((payment) => paymentSuite(payment, { recording: fixtures.payments[payment.id] })),
    ...tasks.map((task) => taskSuite(task, { recording: fixtures.tasks[task.id] })),
    ...(hooks === undefined ? [] : [{ name: 'hooks', checks: hookChecks('hooks', hooks), missing: [] }]),
  ];
}

/** The dialects that a plugin brings, and those that its providers speak besides. */
function dialectsOf({ dialects = [], providers = [] }: PluginParts): readonly Dialect[] {
  return [...new Set([...dialects, ...providers.flatMap(({ speaks }) => speaks.map(({ dialect }) => dialect))])];
}

function partChecks({ parts }: StartedPlugin, fixtures: Fixtures): readonly Check[] {
  const ids = {
    dialect: dialectsOf(parts).map(({ id }) => id),
    provider: (parts.providers ?? []).map(({ id }) => id),
    payment: (parts.payments ?? []).map(({ id }) => id),
    task: (parts.tasks ?? []).map(({ id }) => id),
  };
  const recorded = {
    dialect: fixtures.recordings.map(({ dialect }) => dialect),
    provider: [fixtures.errors, fixtures.modelLists, fixtures.configs].flatMap(Object.keys),
    payment: Object.keys(fixtures.payments),
    task: Object.keys(fixtures.tasks),
  };
  return checksOf('package', 'bronze', {
    'brings parts whose names are told apart': () => {
      for (const known of Object.values(ids)) insist(new Set(known).size === known.length, `Two parts have one id: ${known.join(', ')}.`);
    },
    'has recordings of its own parts only': () => {
      for (const [part, folders] of Object.entries(recorded)) {
        const known = ids[part as keyof typeof ids];
        const unknown = folders.find((id) => !known.includes(id));
        insist(unknown === undefined, `There is no ${part} "${unknown}" for the recordings of that name. There are: ${known.join(', ')}.`);
      }
    },
  });
}
