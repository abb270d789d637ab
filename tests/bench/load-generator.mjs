/** The load generator, a process of its own. It does one job at a time: warms up, waits for the word, measures. */
import { announce } from './child.mjs';
import { runClosedLoop } from './closed-loop.mjs';
import { LoadConnection } from './load-connection.mjs';
import { runOpenLoop } from './open-loop.mjs';
import { httpRequest, requestBody } from './request-bodies.mjs';

/** Nothing that is measured takes longer; a job that hangs ends the run. */
const jobTimeMaxMs = 60_000;
let warmed = () => undefined;

async function run(job) {
  const body = requestBody(job.dialect, job.model, job.bodyBytes, job.endMark !== '');
  const requests = [job.key].flat().map((key) => httpRequest(job.path, [`authorization: Bearer ${key}`], body));
  const connections = await Promise.all(Array.from({ length: job.connections }, () => LoadConnection.open(job.port)));
  try {
    const loop = (durationMs) =>
      job.requestsPerSecond === undefined
        ? runClosedLoop(connections, requests, job.endMark, durationMs)
        : runOpenLoop(connections, requests[0], job.requestsPerSecond, durationMs);
    await loop(job.warmUpMs);
    await new Promise((resolve) => {
      warmed = resolve;
      process.send({ type: 'warm' });
    });
    return await loop(job.durationMs);
  } finally {
    for (const connection of connections) connection.close();
  }
}

async function answer(job) {
  const timer = setTimeout(() => process.send({ type: 'failed', message: 'It took too long.' }), jobTimeMaxMs);
  try {
    process.send({ type: 'done', ...(await run(job)) });
  } catch (error) {
    process.send({ type: 'failed', message: error.message });
  } finally {
    clearTimeout(timer);
  }
}

process.on('message', (message) => {
  if (message.type === 'go') warmed();
  else void answer(message.job);
});
announce({});
