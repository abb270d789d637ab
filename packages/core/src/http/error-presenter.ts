import type { PublicError } from '@tollgate/plugin-kit';
import type { ServedDialect } from '../relay/relay-call.js';
import { problemOf, problemType } from './problem-details.js';

export interface PresentedError {
  readonly status: number;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An error in the caller's dialect, or as problem details where there is none. */
export function presentError(error: PublicError, requestId: string, dialect: ServedDialect | undefined): PresentedError {
  const headers = error.retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(error.retryAfterMs / 1_000)) };
  if (dialect === undefined) {
    const body = JSON.stringify(problemOf(error, requestId));
    return { status: error.status, contentType: problemType, headers, body };
  }
  const { status, body } = dialect.client.encodeError(error, requestId);
  return { status, contentType: 'application/json', headers, body: JSON.stringify(body) };
}
