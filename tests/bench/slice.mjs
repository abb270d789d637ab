import { setTimeout as wait } from 'node:timers/promises';
import { benchKey } from './gateway-process.mjs';
import { cpuMicroseconds, residentMegabytes } from './process-meter.mjs';
import { latency } from './scenarios.mjs';

const warmUpMs = 120;
const sliceMs = 400;
const latencySliceMs = 500;
/** What follows an answer, such as its settlement, belongs to its cost. */
const afterworkMs = 25;

const gatewayPaths = { chat: '/v1/chat/completions', claude: '/v1/messages' };

/** What the load generator shall do for a scenario and a variant. */
function jobOf(scenario, variant, server) {
  const isGateway = variant === 'power' || variant === 'process';
  const dialect = isGateway ? (scenario.gatewayDialect ?? 'chat') : 'chat';
  return {
    port: server.port,
    path: isGateway ? gatewayPaths[dialect] : `/${scenario.answer}/v1/chat/completions`,
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
export async function measureSlice({ servers, load }, scenario, variant) {
  const { pid } = servers[variant].child;
  let cpuBefore = 0;
  const { answers, elapsedMs } = await load.run(jobOf(scenario, variant, servers[variant]), () => {
    cpuBefore = cpuMicroseconds(pid);
  });
  await wait(afterworkMs);
  const units = answers * scenario.units;
  return {
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
