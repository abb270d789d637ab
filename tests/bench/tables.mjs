import { controlTolerance } from './targets.mjs';

const names = {
  direct: 'direct',
  bare: 'bare proxy',
  control: 'bare proxy again',
  power: 'gateway',
  process: 'gateway, durability: process',
  postgres: 'gateway on PostgreSQL',
};

/** The report for people. */
export function tablesOf({ machine, rounds, scenarios, latency, pairs, figures, targets, unsteady }) {
  return [
    `Node ${machine.node}, ${machine.cores} cores, ${rounds} rounds. Ratios are medians over the rounds, against the bare proxy in the same round.`,
    ...scenarios.map(scenarioTable),
    ...(latency === undefined ? [] : [latencyTable(latency)]),
    ...pairTables(pairs),
    ...(figures.length === 0 ? [] : [figureTable(figures)]),
    ...(targets.length === 0 ? [] : [targetTable(targets)]),
    verdict([...targets, ...pairs.filter(isTranslated), ...figures.filter(({ met }) => met !== undefined)], unsteady),
    '',
  ].join('\n\n');
}

function scenarioTable({ title, unit, variants }) {
  const rows = Object.entries(variants).map(([variant, result]) => [
    names[variant],
    whole(result.throughput),
    times(result.ratios.throughput),
    micro(result.cpu),
    micro(result.cpuQuiet),
    times(result.ratios.cpu),
    whole(result.residentMb),
  ]);
  return table([title, `${unit}s/s`, 'ratio', `CPU µs/${unit}`, 'quiet', 'ratio', 'RSS MB'], rows);
}

function latencyTable(latency) {
  const rows = Object.entries(latency).map(([variant, { p50Ms, p99Ms, addedP50Ms, addedP99Ms }]) => [
    names[variant],
    ...[p50Ms, p99Ms, addedP50Ms, addedP99Ms].map((ms) => ms.toFixed(2)),
  ]);
  return table(['JSON at a fixed rate, ms', 'p50', 'p99', 'added p50', 'added p99'], rows);
}

const isTranslated = ({ client, upstream }) => client !== upstream;

/** A table for each content: a row for each client's dialect, a column for each upstream's. */
function pairTables(pairs) {
  return [...groups(pairs)].map(([content, ofContent]) => {
    const ids = [...new Set(ofContent.map(({ client }) => client))];
    const cell = (client, upstream) => {
      const { cpu, multiple, met } = ofContent.find((pair) => pair.client === client && pair.upstream === upstream);
      return client === upstream ? `${cpu.toFixed(1)} µs` : `${times(multiple)}${met ? '' : ' MISSED'}`;
    };
    const [first] = ofContent;
    const head = `${content} at once, translated: CPU µs/event passed, and times that (≤ ${times(first.atMost)})`;
    return table(
      [head, ...ids],
      ids.map((client) => [client, ...ids.map((upstream) => cell(client, upstream))]),
    );
  });
}

function groups(pairs) {
  const grouped = new Map();
  for (const pair of pairs) grouped.set(pair.content, [...(grouped.get(pair.content) ?? []), pair]);
  return grouped;
}

function figureTable(figures) {
  const rows = figures.map(({ title, value, unit, atMost, atLeast, met }) => [
    title,
    atMost === undefined ? (atLeast === undefined ? '' : `≥ ${atLeast} ${unit}`) : `≤ ${atMost} ${unit}`.trim(),
    `${value >= 100 ? whole(value) : value.toFixed(atLeast === undefined ? 1 : 2)} ${unit}`.trim(),
    met === undefined ? '' : met ? 'met' : 'MISSED',
  ]);
  return table(['Requests and crowds', 'wanted', 'measured', ''], rows);
}

function targetTable(targets) {
  const rows = targets.map(({ scenario, variant, ratio, atLeast, atMost, measured, met }) => [
    `${scenario}, ${names[variant]}`,
    ratio === 'cpu' ? 'CPU' : 'throughput',
    atLeast === undefined ? `≤ ${times(atMost)}` : `≥ ${times(atLeast)}`,
    times(measured),
    met ? 'met' : 'MISSED',
  ]);
  return table(['Target', 'ratio', 'wanted', 'measured', ''], rows);
}

function verdict(targets, unsteady) {
  const missed = targets.filter(({ met }) => !met).length;
  const noise = unsteady.map(({ id }) => id).join(', ');
  const steadiness = `The control is more than ${controlTolerance * 100} % off in ${noise}: measure these again on a quieter machine.`;
  return [`${targets.length - missed} of ${targets.length} targets met, ${missed} missed.`, ...(noise === '' ? [] : [steadiness])].join(
    '\n',
  );
}

function table(head, rows) {
  const widths = head.map((cell, column) => Math.max(cell.length, ...rows.map((row) => row[column].length)));
  const line = (cells) =>
    cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  ');
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function whole(value) {
  return Math.round(value).toLocaleString('en');
}

function micro(value) {
  return value >= 100 ? whole(value) : value.toFixed(1);
}

function times(value) {
  return `${value.toFixed(2)}×`;
}
