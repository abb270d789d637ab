import { readFileSync } from 'node:fs';

/** What `scripts/mutation.mjs` runs for one group of files; see there. */
const name = process.env.TOLLGATE_MUTATION_GROUP ?? '';
const group = JSON.parse(readFileSync(new URL('./groups.json', import.meta.url), 'utf8'))[name];
if (group === undefined) throw new Error(`There is no group "${name}" in tests/mutation/groups.json.`);

export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'tests/mutation/vitest.config.ts', related: false },
  mutate: [...group.mutate, '!**/*.test.ts'],

  ignorePatterns: ['**/dist', 'docs', 'examples'],
  reporters: ['clear-text', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false, reportScoreTable: true },
  jsonReporter: { fileName: `.stryker-tmp/${name}.json` },
  concurrency: 1,
  timeoutMS: 10_000,
  // A new process now and then: some mutants leave their worker without memory.
  maxTestRunnerReuse: 200,
  thresholds: { high: 90, low: 80, break: 80 },
  tempDirName: '.stryker-tmp',
  allowEmpty: false,
};
