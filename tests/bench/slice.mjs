import { setTimeout as wait } from 'node:timers/promises';
import { benchKey } from './gateway-process.mjs';
import { cpuMicroseconds, residentMegabytes } from './process-meter.mjs';
import { streamPlaces } from './request-bodies.mjs';
import { answerEvents, latency } from './scenarios.mjs';

/** A process that stood still while others were measured begins with the smallest young generation: what it costs then is not what load costs. */
const warmUpMs = 1_000;
const sliceMs = 1_500;
const latencySliceMs = 1_500;
/** Pairs follow each other at one gateway, which so never stands still. */
const pairSlice = { warmUpMs: 120, durationMs: 400 };
/** What follows an answer, such as its settlement, belongs to its cost. */
const afterworkMs = 25;

/** CPU for each call of a scenario at a gateway that is none of the stage's own, sent with these keys in turn. */
export async function measureKeys(load, server, scenario, keys, warmUp) {
  return (await measureJob(load, server, { ...jobOf(scenario, 'power', server), key: keys, warmUpMs: warmUp }, scenario.units)).cpu;
}

/** What the load generator shall do for a scenario and a variant. */
function jobOf(scenario, variant, server) {
  const isGateway = ['power', 'process', 'postgres'].includes(variant);
  const dialect = isGateway ? (scenario.gatewayDialect ?? 'openai-chat') : 'openai-chat';
  return {
    port: server.port,
    path: isGateway ? streamPlaces[dialect].path() : `/${scenario.answer}/v1/chat/completions`,
    key: benchKey,
    dialect,
    model: scenario.answer,
    bodyBytes: scenario.bodyBytes,
    endMark: isGateway ? (scenario.gatewayEndMark ?? scenario.endMark) : scenario.endMark,
    connections: scenario.connections,
    warmUpMs,
    durationMs: sliceMs,
  };
}

/** One short measurement: throughput and CPU for each unit, and the memory in use after it. */
export function measureSlice({ servers, load }, scenario, variant) {
  return measureJob(load, servers[variant], jobOf(scenario, variant, servers[variant]), scenario.units);
}

/** CPU for each event of a burst of one dialect, asked for in another. */
export async function measurePair({ servers, load }, { client, model }) {
  const { path, endMark } = streamPlaces[client];
  const { port } = servers.process;
  const job = { ...streamJob, port, path: path(model), dialect: client, model, endMark };
  return (await measureJob(load, servers.process, job, answerEvents.pair)).cpu;
}

const streamJob = { key: benchKey, bodyBytes: 2_048, connections: 8, ...pairSlice };

async function measureJob(load, { child: { pid } }, job, unitsOfAnswer) {
  let cpuBefore = 0;
  const { answers, elapsedMs } = await load.run(job, () => {
    cpuBefore = cpuMicroseconds(pid);
  });
  await wait(afterworkMs);
  const units = answers * unitsOfAnswer;
  return {
    answers,
    throughput: (units * 1_000) / elapsedMs,
    cpu: (cpuMicroseconds(pid) - cpuBefore) / units,
    residentMb: residentMegabytes(pid),
  };
}

/** Latencies of one short open loop, in milliseconds. */
export async function measureLatency({ servers, load }, scenario, variant) {
  const { requestsPerSecond, connections } = latency;
  const job = { ...jobOf(scenario, variant, servers[variant]), connections, requestsPerSecond, durationMs: latencySliceMs };
  const { latencies } = await load.run(job, () => undefined);
  return latencies;
}
