/**
 * A gateway of the built packages that breaks down as it is told: `node victim.mjs <order>`, the order being JSON of its environment
 * variables and its faults. Says its address on standard output once it serves.
 */
import adapterOpenai from '@tollgate/adapter-openai';
import { createGateway, createLogger, readEnvironment, StorageUnavailableError } from '@tollgate/core';

const { variables, faults } = JSON.parse(process.argv[2] ?? '{}');
const passed = new Map();

const gateway = await createGateway({
  environment: readEnvironment(variables),
  configuration: { plugins: [adapterOpenai()], folder: import.meta.dirname },
  logger: createLogger(variables.LOG_LEVEL),
  ...(faults.length > 0 && { faults: reached }),
});
process.on('SIGTERM', () => void gateway.close(5_000));
process.stdout.write(`${(await gateway.listen()).url}\n`);

function reached(point) {
  const occurrence = (passed.get(point) ?? 0) + 1;
  passed.set(point, occurrence);
  const planned = faults.filter(
    (fault) => fault.point === point && occurrence >= fault.occurrence && occurrence < fault.occurrence + fault.times,
  );
  return Promise.all(planned.map(act));
}

async function act({ act: what, delayMs }) {
  switch (what) {
    case 'kill':
      if (delayMs === 0) process.kill(process.pid, 'SIGKILL');
      else setTimeout(() => process.kill(process.pid, 'SIGKILL'), delayMs);
      return;
    case 'wait':
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      return;
    case 'unavailable':
      throw new StorageUnavailableError('The database is away, as planned.');
    default:
      throw new Error('The database refuses this, as planned.');
  }
}
