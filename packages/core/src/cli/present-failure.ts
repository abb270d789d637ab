import { ConfigurationError, GatewayError } from '../foundation/errors.js';

/** A failed command in one paragraph; with `stack`, where it happened, and what caused it, too. */
export function presentFailure(error: unknown, stack: boolean): string {
  if (stack) return error instanceof Error ? stackOf(error) : String(error);
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ConfigurationError || error instanceof GatewayError) return message;
  return `${message}\nSet LOG_LEVEL=debug to see where this comes from.`;
}

function stackOf(error: Error): string {
  const own = error.stack ?? error.message;
  return error.cause instanceof Error ? `${own}\nCaused by: ${stackOf(error.cause)}` : own;
}
