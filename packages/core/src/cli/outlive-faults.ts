import type { Logger } from '../foundation/logger.js';

/**
 * Keeps the process alive when something throws that nobody waits for: a timer or a socket of a plugin, a promise that was forgotten. Calls
 * in flight are bounded by their own timeouts, and what the ledger has accepted is in the database, so nothing half-done is left to guard.
 */
export function outliveFaults(logger: Logger): void {
  process.on('uncaughtException', (error) => logger.error({ err: error }, 'Something failed that nobody was waiting for.'));
  process.on('unhandledRejection', (reason) => logger.error({ err: reason }, 'A promise was rejected that nobody was waiting for.'));
}
