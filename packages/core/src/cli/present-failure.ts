import { ConfigurationError, GatewayError, StorageUnavailableError } from '../foundation/errors.js';

/** A failed command in one paragraph; with `stack`, where it happened, and what caused it, too. */
export function presentFailure(error: unknown, stack: boolean): string {
  if (stack) return error instanceof Error ? stackOf(error) : String(error);
  if (error instanceof StorageUnavailableError && error.cause !== undefined)
    return `The database cannot be used: ${reasonOf(error.cause)}. Check DATABASE_URL or, without one, DATA_DIR.`;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ConfigurationError || error instanceof GatewayError) return message;
  return `${message}\nSet LOG_LEVEL=debug to see where this comes from.`;
}

/** A connection that was tried at several addresses fails with an error that has no words of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(reasonOf).join(', ');
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
}

function stackOf(error: Error): string {
  const own = error.stack ?? error.message;
  return error.cause instanceof Error ? `${own}\nCaused by: ${stackOf(error.cause)}` : own;
}
