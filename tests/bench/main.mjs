/**
 * `npm run bench`: what the gateway costs, measured against the least that a proxy in Node can cost, on the same machine in the same run.
 * docs/benchmark.md explains the tables.
 */
import { availableParallelism } from 'node:os';
import { measureConversions } from './conversion.mjs';
import { measureCrowds } from './crowds.mjs';
import { measureFleet } from './fleet.mjs';
import { measureGrowth } from './growth.mjs';
import { readOptions } from './options.mjs';
import { profileSummaries } from './profile-summary.mjs';
import { latencyOf, pairResultsOf, resultsOf } from './results.mjs';
import { measurePairs, measureRounds } from './rounds.mjs';
import { soakFigures } from './soak.mjs';
import { withStage } from './stage.mjs';
import { tablesOf } from './tables.mjs';
import { judge, judgeLatency, judgePairs, unsteady } from './targets.mjs';

const options = readOptions(process.argv.slice(2));
if (options !== undefined) await run(options);

async function run({ json, ...plan }) {
  if (process.platform !== 'linux') throw new Error('The benchmark reads CPU times from /proc, which only Linux has.');
  const conversions = plan.only.includes('conversions') ? measureConversions() : [];
  const { measured, pairs, crowds, fleet, long } = await withStage(plan, async (stage) => ({
    measured: await measureRounds(stage, plan, (round) => showProgress('round', round, plan.rounds)),
    pairs: await measurePairs(stage, plan, (round, rounds) => showProgress('round of pairs', round, rounds)),
    crowds: plan.only.includes('crowds') ? await measureCrowds(stage) : [],
    fleet: plan.only.includes('fleet') ? await measureFleet(stage) : [],
    long: await measureLongParts(stage, plan),
  }));
  const scenarios = resultsOf(measured);
  const latency = latencyOf(measured);
  const report = {
    date: new Date().toISOString(),
    machine: { node: process.version.slice(1), cores: availableParallelism(), platform: `${process.platform} ${process.arch}` },
    rounds: plan.rounds,
    scenarios,
    latency,
    pairs: judgePairs(pairResultsOf(pairs) ?? []),
    figures: [...judgeLatency(latency), ...conversions, ...crowds, ...fleet, ...long],
    targets: judge(scenarios),
    unsteady: unsteady(scenarios).map(({ id }) => ({ id })),
  };
  process.stdout.write(json ? `${JSON.stringify(report, undefined, 2)}\n` : tablesOf(report));
  if (plan.profileFolder !== undefined) process.stderr.write(`${profileSummaries(plan.profileFolder)}\n`);
}

async function measureLongParts(stage, { only, minutes, records }) {
  const say = (text) => process.stderr.write(`${text}\n`);
  const soak = only.includes('soak') ? await soakFigures(stage, minutes, say) : [];
  return [...soak, ...(only.includes('growth') ? await measureGrowth(stage, records, say) : [])];
}

function showProgress(what, done, all) {
  const text = `${what} ${done} of ${all}`;
  process.stderr.write(process.stderr.isTTY ? `\r${text}${done === all ? '\n' : ''}` : `${text}\n`);
}
