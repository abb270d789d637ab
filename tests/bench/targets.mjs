/** What we want to reach. `ratio` is throughput or CPU per unit, divided by the baseline's in the same round; `atLeast` or `atMost` bounds its median. */
export const targets = [
  { scenario: 'json-2k', variant: 'process', ratio: 'throughput', atLeast: 0.5 },
  { scenario: 'json-2k', variant: 'process', ratio: 'cpu', atMost: 2 },
  { scenario: 'json-2k', variant: 'power', ratio: 'throughput', atLeast: 0.45 },
  { scenario: 'json-2k', variant: 'postgres', ratio: 'throughput', atLeast: 0.42 },
  { scenario: 'pass-paced', variant: 'power', ratio: 'cpu', atMost: 1.25 },
  { scenario: 'pass-burst', variant: 'power', ratio: 'throughput', atLeast: 1.5 },
  { scenario: 'translate-paced', variant: 'power', ratio: 'cpu', atMost: 1.5 },
  { scenario: 'translate-burst', variant: 'power', ratio: 'throughput', atLeast: 0.4 },
  { scenario: 'json-50k', variant: 'power', ratio: 'cpu', atMost: 2.2 },
  { scenario: 'json-1m', variant: 'power', ratio: 'cpu', atMost: 2.8 },
];

/** The control may differ from the baseline by this much; beyond it, the machine was too busy to trust the run. */
export const controlTolerance = 0.1;

/** Adds to each target what was measured and whether that is enough. */
export function judge(results) {
  return targets
    .filter(({ scenario, variant }) => results.some(({ id, variants }) => id === scenario && variant in variants))
    .map((target) => {
      const measured = results.find(({ id }) => id === target.scenario).variants[target.variant].ratios[target.ratio];
      const met = target.atLeast === undefined ? measured <= target.atMost : measured >= target.atLeast;
      return { ...target, measured, met };
    });
}

/** What the gateway may add to the latency of the bare proxy at a fixed rate. */
const latencyTargets = [
  { figure: 'p50Ms', name: 'p50', atMost: 1 },
  { figure: 'p99Ms', name: 'p99', atMost: 5 },
];

/** As figures of the report. */
export function judgeLatency(latency) {
  if (latency === undefined) return [];
  return latencyTargets.map(({ figure, name, atMost }) => {
    const value = latency.power[figure] - latency.bare[figure];
    return { title: `At a fixed rate: ${name} above the bare proxy's`, value, unit: 'ms', atMost, met: value <= atMost };
  });
}

/** Scenarios whose control strays from the baseline. */
export function unsteady(results) {
  return results.filter(({ variants }) => Object.values(variants.control.ratios).some((ratio) => Math.abs(ratio - 1) > controlTolerance));
}

/** A translated stream may cost so many times what the same stream costs that is passed. */
const pairMultiplesMax = { text: 2.5, tools: 4 };

export function judgePairs(results) {
  return results.map((result) => ({
    ...result,
    atMost: pairMultiplesMax[result.content],
    met: result.multiple <= pairMultiplesMax[result.content],
  }));
}
