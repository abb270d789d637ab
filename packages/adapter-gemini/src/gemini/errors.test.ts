import type { FailureKind, PublicError } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { encodeError, encodeStreamError } from './errors.js';

function failure(kind: FailureKind, status: number): PublicError {
  return { kind, status, code: 'some_code', message: 'It did not work.' };
}

describe('error to a client', () => {
  it('has the vendor’s shape', () => {
    const error = { ...failure('invalid-request', 400), field: 'contents.0.role', retryAfterMs: 1_500 };
    expect(encodeError(error, 'req_1')).toEqual({
      status: 400,
      body: {
        error: {
          code: 400,
          message: 'It did not work.',
          status: 'INVALID_ARGUMENT',
          details: [
            { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'SOME_CODE', domain: 'tollgate' },
            {
              '@type': 'type.googleapis.com/google.rpc.BadRequest',
              fieldViolations: [{ field: 'contents.0.role', description: 'It did not work.' }],
            },
            { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1.5s' },
            { '@type': 'type.googleapis.com/google.rpc.RequestInfo', requestId: 'req_1' },
          ],
        },
      },
    });
  });

  it.each<[FailureKind, number, number, string]>([
    ['authentication', 401, 401, 'UNAUTHENTICATED'],
    ['permission', 403, 403, 'PERMISSION_DENIED'],
    ['insufficient-quota', 403, 429, 'RESOURCE_EXHAUSTED'],
    ['rate-limit', 429, 429, 'RESOURCE_EXHAUSTED'],
    ['too-large', 413, 413, 'INVALID_ARGUMENT'],
    ['not-found', 404, 404, 'NOT_FOUND'],
    ['invalid-request', 409, 409, 'ABORTED'],
    ['overloaded', 503, 503, 'UNAVAILABLE'],
    ['timeout', 504, 504, 'DEADLINE_EXCEEDED'],
    ['network', 502, 502, 'UNAVAILABLE'],
    ['server', 500, 500, 'INTERNAL'],
  ])('writes %s with status %i as %i %s', (kind, status, sent, rpcStatus) => {
    expect(encodeError(failure(kind, status), 'req_1')).toMatchObject({ status: sent, body: { error: { code: sent, status: rpcStatus } } });
  });

  it('is one more frame of a stream', () => {
    const [frame, ...others] = encodeStreamError(failure('network', 502), 'req_1');
    expect(others).toEqual([]);
    expect(frame?.event).toBeUndefined();
    expect(JSON.parse(frame?.data ?? '')).toEqual(encodeError(failure('network', 502), 'req_1').body);
  });
});
