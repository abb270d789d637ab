/** A mixed load for many minutes: whether memory, open files and the delay of the event loop stay as they are. */
import { asked, startChild, stopChild } from './child.mjs';
import { benchKey } from './gateway-process.mjs';
import { openDescriptors, residentMegabytes } from './process-meter.mjs';
import { measureSlice } from './slice.mjs';
import { scenarios } from './scenarios.mjs';

const mixed = ['json-2k', 'json-50k', 'pass-paced', 'pass-burst', 'translate-paced'].map((id) =>
  scenarios.find((scenario) => scenario.id === id),
);
const hangUps = { times: 1, count: 40, stayMs: 30 };
const minuteMs = 60_000;
/** Until then heaps, pools and caches grow to what they need. */
const warmingShare = 0.2;

/** Figures for the tables of the benchmark. */
export async function soakFigures(stage, minutes, say) {
  const { resident, descriptors, loopP99 } = await measureSoak(stage, minutes, say);
  const title = (what) => `Mixed load of ${minutes} min: ${what}`;
  const drift = (100 * resident.drift) / resident.from;
  return [
    { title: title('RSS after warming up'), value: resident.from, unit: 'MB' },
    { title: title('RSS, drift'), value: drift, unit: '%', atMost: 20, met: drift <= 20 },
    { title: title('open files, drift'), value: descriptors.drift, unit: '', atMost: 20, met: descriptors.drift <= 20 },
    { title: title('delay of the event loop, p99'), value: loopP99.from, unit: 'ms' },
    { title: title('delay of the event loop, p99, drift'), value: loopP99.drift, unit: 'ms' },
  ];
}

/** Each as the line through its samples has it: where it begins, and how far it has come at the end. */
export async function measureSoak(stage, minutes, say) {
  const { child } = stage.servers.power;
  const crowd = await startChild('crowd.mjs');
  const samples = [];
  let answers = 0;
  try {
    await asked(child, { watch: true });
    const startedAt = performance.now();
    for (let at = 0; at < minutes * minuteMs; at = performance.now() - startedAt) {
      for (const scenario of mixed) answers += (await measureSlice(stage, scenario, 'power')).answers;
      await asked(crowd.child, { deed: 'storm', port: stage.servers.power.port, key: benchKey, model: 'slow', ...hangUps });
      const { loopP99Ms } = await asked(child, { watch: true });
      samples.push({ at, resident: residentMegabytes(child.pid), descriptors: openDescriptors(child.pid), loopP99: loopP99Ms });
      if (samples.length % 20 === 0)
        say(`soak: ${(at / minuteMs).toFixed(1)} of ${minutes} min, ${Math.round(samples.at(-1).resident)} MB`);
    }
  } finally {
    await stopChild(crowd);
  }
  const warm = samples.slice(Math.floor(samples.length * warmingShare));
  return {
    answers,
    samples: samples.length,
    ...Object.fromEntries(['resident', 'descriptors', 'loopP99'].map((what) => [what, lineThrough(warm, what)])),
  };
}

/** Least squares. */
function lineThrough(samples, what) {
  const mean = (valueOf) => samples.reduce((sum, sample) => sum + valueOf(sample), 0) / samples.length;
  const [meanAt, meanValue] = [mean(({ at }) => at), mean((sample) => sample[what])];
  const spread = mean(({ at }) => (at - meanAt) ** 2);
  const slope = spread === 0 ? 0 : mean((sample) => (sample.at - meanAt) * (sample[what] - meanValue)) / spread;
  const [first, last] = [samples[0].at, samples.at(-1).at];
  return { from: meanValue + slope * (first - meanAt), drift: slope * (last - first) };
}
