/**
 * `npm run bench`: what the gateway costs, measured against the least that a proxy in Node can cost, on the same machine in the same run.
 * docs/benchmark.md explains the tables.
 */
import { availableParallelism } from 'node:os';
import { readOptions } from './options.mjs';
import { profileSummaries } from './profile-summary.mjs';
import { latencyOf, resultsOf } from './results.mjs';
import { measureRounds } from './rounds.mjs';
import { withStage } from './stage.mjs';
import { tablesOf } from './tables.mjs';
import { judge, unsteady } from './targets.mjs';

const options = readOptions(process.argv.slice(2));
if (options !== undefined) await run(options);

async function run({ json, ...plan }) {
  if (process.platform !== 'linux') throw new Error('The benchmark reads CPU times from /proc, which only Linux has.');
  const measured = await withStage(plan, (stage) => measureRounds(stage, plan, (round) => showProgress(round, plan.rounds)));
  const scenarios = resultsOf(measured);
  const report = {
    date: new Date().toISOString(),
    machine: { node: process.version.slice(1), cores: availableParallelism(), platform: `${process.platform} ${process.arch}` },
    rounds: plan.rounds,
    scenarios,
    latency: latencyOf(measured),
    targets: judge(scenarios),
    unsteady: unsteady(scenarios).map(({ id }) => ({ id })),
  };
  process.stdout.write(json ? `${JSON.stringify(report, undefined, 2)}\n` : tablesOf(report));
  if (plan.profileFolder !== undefined) process.stderr.write(`${profileSummaries(plan.profileFolder)}\n`);
}

function showProgress(round, rounds) {
  process.stderr.write(
    process.stderr.isTTY ? `\rround ${round} of ${rounds}${round === rounds ? '\n' : ''}` : `round ${round} of ${rounds}\n`,
  );
}
