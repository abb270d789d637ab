import { pairs } from './scenarios.mjs';
import { median, quantile } from './statistics.mjs';

const figures = ['throughput', 'cpu'];

/** From the slices of all rounds to the figures and ratios of each scenario. */
export function resultsOf({ chosen, slices }) {
  return chosen.map(({ id, title, unit }) => {
    const ofScenario = slices.get(id);
    const variants = Object.entries(ofScenario).map(([variant, own]) => [variant, resultOf(own, ofScenario.bare)]);
    return { id, title, unit, variants: Object.fromEntries(variants) };
  });
}

/** `quiet` is the figure of the best fifth of the rounds: what the machine can do when nothing else runs. */
function resultOf(own, baseline) {
  const of = (figure, slices = own) => slices.map((slice) => slice[figure]);
  const ratios = figures.map((figure) => {
    const before = of(figure, baseline);
    return [figure, median(of(figure).map((value, round) => value / before[round]))];
  });
  return {
    throughput: median(of('throughput')),
    throughputQuiet: quantile(of('throughput'), 0.8),
    cpu: median(of('cpu')),
    cpuQuiet: quantile(of('cpu'), 0.2),
    residentMb: Math.max(...of('residentMb')),
    ratios: Object.fromEntries(ratios),
    rounds: own,
  };
}

/** Latencies over all rounds, and what each variant adds to a direct call. */
export function latencyOf({ latencies }) {
  if (latencies.direct.length === 0) return undefined;
  const [p50, p99] = [0.5, 0.99].map((part) => (variant) => quantile(latencies[variant], part));
  return Object.fromEntries(
    Object.keys(latencies).map((variant) => [
      variant,
      {
        samples: latencies[variant].length,
        p50Ms: p50(variant),
        p99Ms: p99(variant),
        addedP50Ms: p50(variant) - p50('direct'),
        addedP99Ms: p99(variant) - p99('direct'),
      },
    ]),
  );
}

/** What translating costs as a multiple of passing the same stream of the upstream. */
export function pairResultsOf(measured) {
  if (measured === undefined) return undefined;
  const cpuOf = ({ id }) => median(measured.get(id));
  return pairs.map((pair) => {
    const passed = pairs.find(
      ({ content, client, upstream }) => content === pair.content && client === upstream && upstream === pair.upstream,
    );
    return { ...pair, cpu: cpuOf(pair), multiple: cpuOf(pair) / cpuOf(passed) };
  });
}
