import { cpus } from 'node:os';
import type { FleetFigures, PhaseFigures, Spread } from './fleet-report.js';
import type { LargeTableFigures } from './large-table.js';
import type { FleetOptions } from './simulated-fleet.js';

export interface RoutingFigures {
  readonly weighted: FleetFigures;
  readonly quickest: FleetFigures;
  /** By weights, and calls hedged after two seconds. */
  readonly hedged: FleetFigures;
  readonly table: LargeTableFigures;
}

/** The report as docs/routing-benchmark.md keeps it. */
export function pageOf(options: FleetOptions, { weighted, quickest, hedged, table }: RoutingFigures): string {
  return `# Routing benchmark

Written by \`npm run bench:routing\`, on Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'an unknown processor'}.

## A fleet in trouble

${options.channels} channels of ${options.keysOfChannel} keys, ${options.callsPerSecond} calls a second for ${minutes(options.seconds * 1_000)} on a virtual clock, through the gateway's own selection, health and
pace of attempts, with settings as they come. From minute ${minutes(options.troubleFromMs, false)} to minute ${minutes(options.troubleUntilMs, false)}, ${options.channelsOfTrouble} channels have each of eight troubles; of the three that
belong to keys, two keys in five have them. At every moment two thirds of the fleet are well: who always knew which would answer every call whole, so the best possible is 100 %.

| | calls | whole answers | cut in the middle | no answer | attempts for a call | median | of 100 the slowest |
|---|---|---|---|---|---|---|---|
${phaseRow('before', weighted.before)}
${phaseRow('in trouble', weighted.during)}
${phaseRow('after', weighted.after)}
${phaseRow('in trouble, by `least-latency`', quickest.during)}
${phaseRow('in trouble, hedged after 2 s', hedged.during)}

An answer that is cut in the middle cannot be begun again at another place: its caller has a part of it. What is slow and well costs its callers time; the
strategy \`least-latency\` leaves it alone, and hedging asks a second channel beside it: of ${percent(hedged.during.hedged)} of the calls in trouble, and of ${percent(hedged.before.hedged)} before.

| trouble | failed attempts | left alone after its first failure: median, longest | used again after its end: median, longest |
|---|---|---|---|
${weighted.troubles.map(({ kind, failedAttempts, opensAfterMs, recoversAfterMs }) => `| ${kind} | ${failedAttempts.toLocaleString('en')} | ${spread(opensAfterMs)} | ${spread(recoversAfterMs)} |`).join('\n')}

Refused keys (401) are disabled until people replace them, here at the end of the trouble. Keys without credit (402) rest for one minute first and for ten at most, all else
for five seconds first, and a limited key (429) for as long as it asks.

- Attempts at a key, a model or a channel while it was to be left alone: **${weighted.forbidden + quickest.forbidden + hedged.forbidden}**.
- Share of the calls by weight, of channels without trouble, against the share that it should be: off by at most **${percent(weighted.shareError)}**.

## Many channels

${table.channels.toLocaleString('en')} channels that offer ${table.models.toLocaleString('en')} models each.

| | |
|---|---|
| one selection | ${table.microsecondsOfSelection.toFixed(2)} µs |
| one selection in a conversation | ${table.microsecondsInConversation.toFixed(2)} µs |
| one selection from twenty channels | ${table.microsecondsAmongTwenty.toFixed(2)} µs |
${table.blocked.map(({ share, microseconds }) => `| one selection where ${share === 1 ? 'all' : `${100 * share} % of them`} are left alone | ${microseconds.toFixed(2)} µs |`).join('\n')}
| allocated by one selection, from all and from twenty | ${Math.round(table.bytesOfSelection)} and ${Math.round(table.bytesAmongTwenty)} bytes |
| table and lists of all models | ${(table.heapBytes / 2 ** 20).toFixed(1)} MB |
| a change of one channel, and the lists of all models after it | ${table.millisecondsOfChange.toFixed(1)} ms |
`;
}

function phaseRow(name: string, figures: PhaseFigures): string {
  const { calls, whole, part, none, attemptsOfCall, medianMs, slowestOfHundredMs } = figures;
  const shares = [whole, part, none].map(percent).join(' | ');
  return `| ${name} | ${calls.toLocaleString('en')} | ${shares} | ${attemptsOfCall.toFixed(3)} | ${seconds(medianMs)} | ${seconds(slowestOfHundredMs)} |`;
}

function spread(times: Spread | undefined): string {
  return times === undefined ? 'never' : `${seconds(times.median)}, ${seconds(times.most)}`;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(1)} s`;
}

function minutes(milliseconds: number, isNamed = true): string {
  return `${milliseconds / 60_000}${isNamed ? ' minutes' : ''}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(3)} %`;
}
