import type { FailureKind, Frame, JsonObject, PublicError } from '@tollgate/plugin-kit';

/** Names of `google.rpc.Code`, which stand beside the HTTP status in every error. */
const rpcStatuses: Readonly<Record<FailureKind, string>> = {
  authentication: 'UNAUTHENTICATED',
  permission: 'PERMISSION_DENIED',
  'insufficient-quota': 'RESOURCE_EXHAUSTED',
  'rate-limit': 'RESOURCE_EXHAUSTED',
  overloaded: 'UNAVAILABLE',
  'invalid-request': 'INVALID_ARGUMENT',
  'too-large': 'INVALID_ARGUMENT',
  'context-length': 'INVALID_ARGUMENT',
  'content-filter': 'INVALID_ARGUMENT',
  'not-found': 'NOT_FOUND',
  timeout: 'DEADLINE_EXCEEDED',
  network: 'UNAVAILABLE',
  server: 'INTERNAL',
};

/** Where the HTTP status says more than the kind: each has one name there. */
const rpcStatusByStatus: Readonly<Record<number, string>> = { 404: 'NOT_FOUND', 409: 'ABORTED' };

/** Whose reasons the `ErrorInfo` names. */
const domain = 'tollgate';

/** An error as the reference of `google.rpc.Status` has it; the particulars are its standard detail messages. */
export function encodeError(error: PublicError, requestId?: string): { readonly status: number; readonly body: JsonObject } {
  // The vendor knows no 402 or 403 for an empty balance.
  const status = error.kind === 'insufficient-quota' ? 429 : error.status;
  const body = {
    code: status,
    message: error.message,
    status: rpcStatusByStatus[status] ?? rpcStatuses[error.kind],
    details: detailsOf(error, requestId),
  };
  return { status, body: { error: body } };
}

/** One more element of the array, or one more event: the answer ends with it. */
export function encodeStreamError(error: PublicError, requestId: string): readonly Frame[] {
  return [{ data: JSON.stringify(encodeError(error, requestId).body) }];
}

function detailsOf(error: PublicError, requestId: string | undefined): readonly JsonObject[] {
  const details = [detail('ErrorInfo', { reason: error.code.toUpperCase(), domain })];
  if (error.field !== undefined)
    details.push(detail('BadRequest', { fieldViolations: [{ field: error.field, description: error.message }] }));
  if (error.retryAfterMs !== undefined) details.push(detail('RetryInfo', { retryDelay: `${error.retryAfterMs / 1_000}s` }));
  if (requestId !== undefined) details.push(detail('RequestInfo', { requestId }));
  return details;
}

function detail(type: string, fields: JsonObject): JsonObject {
  return { '@type': `type.googleapis.com/google.rpc.${type}`, ...fields };
}
