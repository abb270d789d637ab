import type { PublicError, Verdict } from './verdict.js';

/**
 * Errors are recognised by a marker in the global symbol registry and not by `instanceof`: a plugin may bring its own copy of this
 * package, and two copies have two classes.
 */
const markers = {
  badRequest: Symbol.for('tollgate.error.bad-request'),
  upstream: Symbol.for('tollgate.error.upstream'),
  denied: Symbol.for('tollgate.error.denied'),
  webhookRejected: Symbol.for('tollgate.error.webhook-rejected'),
  definition: Symbol.for('tollgate.error.definition'),
} as const;

function carries(error: unknown, marker: symbol): boolean {
  return typeof error === 'object' && error !== null && (error as Record<symbol, unknown>)[marker] === true;
}

/** The caller's request cannot be understood. Thrown by the client half of a dialect; becomes a 400 in that dialect. */
export class BadRequestError extends Error {
  readonly [markers.badRequest] = true;
  override readonly name = 'BadRequestError';

  constructor(
    message: string,
    /** Path of the field at fault in the caller's body: `messages.0.content`. */
    readonly field?: string,
    /** Stable public code. */
    readonly code = 'invalid_request',
  ) {
    super(message);
  }

  static isInstance(error: unknown): error is BadRequestError {
    return carries(error, markers.badRequest);
  }
}

/** The upstream answered with an error inside a successful response. Thrown by `decodeResponse`. */
export class UpstreamError extends Error {
  readonly [markers.upstream] = true;
  override readonly name = 'UpstreamError';

  constructor(readonly verdict: Verdict) {
    super(verdict.message);
  }

  static isInstance(error: unknown): error is UpstreamError {
    return carries(error, markers.upstream);
  }
}

/** A plugin's gate refuses the call. Make one with {@link deny}. */
export class DeniedError extends Error {
  readonly [markers.denied] = true;
  override readonly name = 'DeniedError';

  constructor(readonly publicError: PublicError) {
    super(publicError.message);
  }

  static isInstance(error: unknown): error is DeniedError {
    return carries(error, markers.denied);
  }
}

/** Refuses the call from within a gate: `throw deny(403, 'blocked_by_policy', 'No source code, please.')`. */
export function deny(status: number, code: string, message: string): DeniedError {
  return new DeniedError({ kind: status === 429 ? 'rate-limit' : 'permission', status, code, message });
}

/** A plugin, dialect or provider is declared wrongly. Thrown while defining or loading, never while serving. */
export class DefinitionError extends Error {
  readonly [markers.definition] = true;
  override readonly name = 'DefinitionError';

  static isInstance(error: unknown): error is DefinitionError {
    return carries(error, markers.definition);
  }
}

/** A webhook that the vendor did not send, or not like this. Thrown by `readWebhook` of a payment adapter. */
export class WebhookRejectedError extends Error {
  readonly [markers.webhookRejected] = true;
  override readonly name = 'WebhookRejectedError';

  static isInstance(error: unknown): error is WebhookRejectedError {
    return carries(error, markers.webhookRejected);
  }
}
