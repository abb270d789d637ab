import { latency, pairs, scenarios, variantsOf } from './scenarios.mjs';
import { measureLatency, measurePair, measureSlice } from './slice.mjs';
import { shuffled } from './statistics.mjs';

const warmUpSlices = 6;
/** There are many pairs, and their costs lie far enough apart. */
const pairRoundsMax = 5;

/**
 * Measures everything once in each round, in an order of chance: what disturbs the machine for a while disturbs all alike. Variants of a
 * scenario follow each other, so that their ratios are of the same moment.
 */
export async function measureRounds(stage, { rounds, only }, progress) {
  const chosen = scenarios.filter(({ id }) => only.includes(id));
  const slices = new Map(
    chosen.map((scenario) => [scenario.id, Object.fromEntries(variantsOf(scenario, stage.servers).map((variant) => [variant, []]))]),
  );
  const latencies = Object.fromEntries(latency.variants.map((variant) => [variant, []]));
  await warmUp(stage, chosen);
  for (let round = 1; round <= rounds; round += 1) {
    for (const scenario of shuffled(chosen)) {
      for (const variant of shuffled(variantsOf(scenario, stage.servers)))
        slices.get(scenario.id)[variant].push(await measureSlice(stage, scenario, variant));
    }
    if (only.includes('latency')) {
      for (const variant of shuffled(latency.variants)) latencies[variant].push(...(await measureLatency(stage, scenarios[0], variant)));
    }
    progress(round);
  }
  return { chosen, slices, latencies };
}

/** Lets every process compile what it needs before anything counts: V8 optimises code only after thousands of calls. */
async function warmUp(stage, chosen) {
  for (const variant of variantsOf(scenarios[0], stage.servers)) {
    for (let slice = 0; slice < warmUpSlices; slice += 1) await measureSlice(stage, scenarios[0], variant);
  }
  for (const scenario of chosen) {
    for (const variant of variantsOf(scenario, stage.servers)) await measureSlice(stage, scenario, variant);
  }
}

/** CPU for each event, by pair; every pair once in each round. */
export async function measurePairs(stage, { rounds, only }, progress) {
  if (!only.includes('pairs')) return undefined;
  const measured = new Map(pairs.map(({ id }) => [id, []]));
  const pairRounds = Math.min(rounds, pairRoundsMax);
  for (const pair of pairs) await measurePair(stage, pair);
  for (let round = 1; round <= pairRounds; round += 1) {
    for (const pair of shuffled(pairs)) measured.get(pair.id).push(await measurePair(stage, pair));
    progress(round, pairRounds);
  }
  return measured;
}
