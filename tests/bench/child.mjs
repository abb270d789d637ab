import { fork } from 'node:child_process';
import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

const startTimeMaxMs = 60_000;
const stopTimeMaxMs = 15_000;

/** Starts a script beside this file as a process of its own and waits until it says what to know about it. */
export async function startChild(script, options = {}) {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), options.commandLine ?? [], {
    execArgv: options.nodeOptions ?? [],
    env: { ...process.env, ...options.environment },
    cwd: options.folder,
    stdio: ['ignore', options.output ?? 2, options.output ?? 2, 'ipc'],
  });
  const facts = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${script} did not start in time.`)), startTimeMaxMs);
    child.once('message', (message) => {
      clearTimeout(timer);
      resolve(message);
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`${script} ended (${code}) while it started.`));
    });
  });
  return { child, ...facts };
}

/** Ends a process that `startChild` has started, kindly first. */
export async function stopChild({ child }) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeMaxMs);
  await gone;
  clearTimeout(timer);
}

/** Called in the child: it is ready, and these are its facts. It ends with its parent, however that ends. */
export function announce(facts) {
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.send(facts);
}

/**
 * Called in the child: from now on it tells its parent how often garbage was collected, whenever it is asked. Asked to `watch`, it also
 * tells how late the event loop has been since the last question.
 */
export function tellCollections() {
  let delays;
  let collections = 0;
  new PerformanceObserver((list) => {
    collections += list.getEntries().length;
  }).observe({ entryTypes: ['gc'] });
  process.on('message', ({ watch }) => {
    const loopP99Ms = delays === undefined ? 0 : delays.percentile(99) / 1e6;
    if (watch && delays === undefined) (delays = monitorEventLoopDelay({ resolution: 10 })).enable();
    delays?.reset();
    process.send({ collections, loopP99Ms });
  });
}

/** Called in the parent: one question, one answer. */
export function asked(child, message = {}) {
  return new Promise((resolve) => {
    child.once('message', resolve);
    child.send(message);
  });
}
