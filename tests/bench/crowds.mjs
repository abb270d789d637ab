/** What many streams at once cost and whether the gateway gets rid of them: memory, failures, time until nothing is left of them. */
import { setTimeout as wait } from 'node:timers/promises';
import { asked, startChild, stopChild } from './child.mjs';
import { benchKey } from './gateway-process.mjs';
import { residentMegabytes } from './process-meter.mjs';
import { measureSlice } from './slice.mjs';
import { quantile } from './statistics.mjs';
import { scenarios } from './scenarios.mjs';

const streams = 2_000;
const rampMs = 3_000;
const neverReading = 100;
const storms = { times: 50, count: 200, stayMs: 20 };
const pollMs = 20;
const patienceMs = 15_000;

/** Measures the gateway of the stage; each figure names its bound. */
export async function measureCrowds(stage) {
  const crowd = await startChild('crowd.mjs');
  try {
    const people = { do: (deed, job) => asked(crowd.child, { deed, port: stage.servers.power.port, key: benchKey, ...job }) };
    return [
      ...(await garbageOfStreams(stage)),
      ...(await slowStreams(stage, people)),
      ...(await leavingAtOnce(stage, people)),
      ...(await leavingAgainAndAgain(stage, people)),
      ...(await readingNothing(stage, people)),
    ];
  } finally {
    await stopChild(crowd);
  }
}

/** What passes is not looked at frame by frame: the garbage of a stream is that of its call, however many events it has. */
async function garbageOfStreams(stage) {
  const burst = scenarios.find(({ id }) => id === 'pass-burst');
  const figures = [];
  for (const [variant, name] of [
    ['bare', 'bare proxy'],
    ['power', 'gateway'],
  ]) {
    const { child } = stage.servers[variant];
    const before = await asked(child);
    const { answers } = await measureSlice(stage, burst, variant);
    const { collections } = await asked(child);
    const perThousand = ((collections - before.collections) * 1_000) / answers;
    figures.push(figure(`1,000 streams of ${burst.units} events at once: collections, ${name}`, perThousand, ''));
  }
  return figures;
}

async function slowStreams(stage, people) {
  const { pid } = stage.servers.power.child;
  const before = residentMegabytes(pid);
  const peak = watchPeak(pid);
  const { firstBytesMs, errors } = await people.do('readAll', { model: 'slow', count: streams, rampMs });
  const kilobytes = ((peak.stop() - before) * 1_024) / streams;
  return [
    figure(`${streams} slow streams: RSS for each`, kilobytes, 'KB', 45),
    figure(`${streams} slow streams: failed`, errors, '', 0),
    figure(`${streams} slow streams: first byte, p99`, quantile(firstBytesMs.filter(Number.isFinite), 0.99), 'ms'),
  ];
}

async function leavingAtOnce(stage, people) {
  await people.do('open', { model: 'slow', count: streams, rampMs });
  const leftAt = performance.now();
  await people.do('leave', {});
  await untilNoneIsOpen(stage);
  return [figure(`${streams} clients gone: upstreams closed after`, performance.now() - leftAt, 'ms', 1_500)];
}

async function leavingAgainAndAgain(stage, people) {
  await people.do('storm', { model: 'slow', ...storms });
  await untilNoneIsOpen(stage);
  const { throughput } = await measureSlice(stage, scenarios[0], 'power');
  return [
    figure(`${storms.times} storms of ${storms.count} hang-ups: streams left`, await openStreams(stage), '', 0),
    figure('JSON calls after the storms', throughput, '/s'),
  ];
}

async function readingNothing(stage, people) {
  const { pid } = stage.servers.power.child;
  const before = residentMegabytes(pid);
  await people.do('ignore', { model: 'flood', count: neverReading });
  await wait(3_000);
  const { throughput } = await measureSlice(stage, scenarios[0], 'power');
  const megabytes = (residentMegabytes(pid) - before) / neverReading;
  await people.do('leave', {});
  await untilNoneIsOpen(stage);
  return [
    figure(`${neverReading} clients that never read: RSS for each`, megabytes, 'MB', 1.5),
    figure('JSON calls beside them', throughput, '/s'),
  ];
}

function figure(title, value, unit, atMost) {
  return { title, value, unit, ...(atMost === undefined ? {} : { atMost, met: value <= atMost }) };
}

function watchPeak(pid) {
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, residentMegabytes(pid));
  }, 100);
  return {
    stop() {
      clearInterval(timer);
      return peak;
    },
  };
}

/** @throws if the upstream still has open streams after a long while: that is a leak. */
async function untilNoneIsOpen(stage) {
  const startedAt = performance.now();
  while ((await openStreams(stage)) > 0) {
    if (performance.now() - startedAt > patienceMs) throw new Error('Streams whose clients have left are still open at the upstream.');
    await wait(pollMs);
  }
}

async function openStreams({ servers }) {
  return (await asked(servers.direct.child)).openStreams;
}
