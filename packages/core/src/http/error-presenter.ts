import type { PublicError } from '@tollgate/plugin-kit';
import type { ServedDialect } from '../relay/relay-call.js';

export interface PresentedError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An error in the caller's dialect, or in the plain shape of the management API where there is none. */
export function presentError(error: PublicError, requestId: string, dialect: ServedDialect | undefined): PresentedError {
  const { status, body } = dialect?.client.encodeError(error, requestId) ?? { status: error.status, body: plainBody(error, requestId) };
  const headers = error.retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(error.retryAfterMs / 1_000)) };
  return { status, headers, body: JSON.stringify(body) };
}

function plainBody({ code, message, field }: PublicError, requestId: string): unknown {
  return { error: { code, message, ...(field === undefined ? {} : { field }), requestId } };
}
