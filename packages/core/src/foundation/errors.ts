import type { FailureKind, PublicError } from '@tollgate/plugin-kit';

/** One thing wrong in what was sent. */
export interface FieldProblem {
  /** The parameter, or the path of the field in the body: `config.baseUrl`. */
  readonly field: string;
  readonly detail: string;
}

/**
 * Every failure that the gateway itself causes or refuses. One class per failure, in its noun's `<noun>-errors.ts`; `code` is public and
 * never changes. The caller's dialect gives it its shape.
 */
export abstract class GatewayError extends Error implements PublicError {
  abstract readonly kind: FailureKind;
  abstract readonly status: number;
  abstract readonly code: string;
  readonly field?: string;
  readonly retryAfterMs?: number;

  constructor(message: string, details: { readonly field?: string; readonly retryAfterMs?: number; readonly cause?: unknown } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    if (details.field !== undefined) this.field = details.field;
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs;
  }
}

/** The operator's configuration (environment, config file, apply file) is wrong. Shown on the terminal; never reaches a caller. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** The database cannot be asked right now. Callers get a 503 and may try again; never a 401. */
export class StorageUnavailableError extends GatewayError {
  readonly kind = 'overloaded';
  readonly status = 503;
  readonly code = 'storage_unavailable';
}
