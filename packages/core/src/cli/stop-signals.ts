import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../foundation/logger.js';
import type { Gateway } from '../gateway.js';
import { exitCodes } from './exit-codes.js';

/** Longer than the gateway gives running calls by itself, so that this only ends a stop that hangs. */
const closeTimeMaxMs = 40_000;
/** Where npm runs this process, a terminal's Ctrl-C arrives twice: once directly, once handed on. */
const echoMs = 1_000;

/** Serves until SIGTERM or SIGINT, then closes the gateway in order; a second signal, or the end of the time allowed, ends at once. */
export async function untilStopped(gateway: Gateway, logger: Logger): Promise<void> {
  const signals = stopSignals();
  await signals.first;
  logger.info({}, 'Stopping: running calls may end, new ones are not taken.');
  const closed = gateway.close().then(() => 'closed' as const);
  const timeout = sleep(closeTimeMaxMs, 'time is up' as const, { ref: false });
  const end = await Promise.race([closed, timeout, signals.second.then(() => 'second signal' as const)]);
  if (end === 'closed') return;
  logger.warn({ end }, 'Stopped before every call had ended; the next start closes what they left open.');
  process.exitCode = exitCodes.failure;
}

function stopSignals(): { readonly first: Promise<void>; readonly second: Promise<void> } {
  let firstAt: number | undefined;
  let onFirst = (): void => undefined;
  let onSecond = (): void => undefined;
  const first = new Promise<void>((resolve) => void (onFirst = resolve));
  const second = new Promise<void>((resolve) => void (onSecond = resolve));
  const receive = (): void => {
    firstAt ??= Date.now();
    if (Date.now() - firstAt > echoMs) onSecond();
    else onFirst();
  };
  process.on('SIGTERM', receive).on('SIGINT', receive);
  return { first, second };
}
