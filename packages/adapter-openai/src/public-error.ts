import type { FailureKind, PublicError } from '@tollgate/plugin-kit';

/** The error object of chat and responses, as the vendor's API reference gives it. */
export interface ErrorObject {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string;
}

const typeByKind: Readonly<Partial<Record<FailureKind, string>>> = {
  'insufficient-quota': 'insufficient_quota',
  'rate-limit': 'rate_limit_exceeded',
  overloaded: 'server_error',
  timeout: 'server_error',
  network: 'server_error',
  server: 'server_error',
};

/** What went wrong, as the value of the `error` member. */
export function errorObject(error: PublicError): ErrorObject {
  return {
    message: error.message,
    type: typeByKind[error.kind] ?? 'invalid_request_error',
    param: error.field ?? null,
    code: error.code,
  };
}

/** The whole error answer of both dialects. */
export function encodeError(error: PublicError): { readonly status: number; readonly body: { readonly error: ErrorObject } } {
  return { status: error.status, body: { error: errorObject(error) } };
}
