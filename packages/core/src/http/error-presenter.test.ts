import { describe, expect, it } from 'vitest';
import { presentError } from './error-presenter.js';
import { BodyTooLargeError, ShuttingDownError } from './http-errors.js';
import { testDialect } from './testing/test-dialect.js';

const refused = { kind: 'invalid-request', status: 400, code: 'invalid_parameter', message: 'limit: no.', field: 'limit' } as const;

describe('error presenter', () => {
  it('speaks the dialect of the caller', () => {
    const { status, body } = presentError(new BodyTooLargeError(1_048_576), 'req_1', testDialect('test', {}));
    expect(status).toBe(413);
    expect(JSON.parse(body)).toEqual({
      dialect: 'test',
      code: 'request_too_large',
      message: 'The request body is larger than the 1 MB that this gateway accepts.',
      requestId: 'req_1',
    });
  });

  it('is told as problem details where there is no dialect', () => {
    const { contentType, status, body } = presentError(refused, 'req_2', undefined);
    expect([contentType, status]).toEqual(['application/problem+json', 400]);
    expect(JSON.parse(body)).toEqual({
      type: 'urn:tollgate:problem:invalid_parameter',
      title: 'Invalid parameter',
      status: 400,
      detail: 'limit: no.',
      code: 'invalid_parameter',
      field: 'limit',
      requestId: 'req_2',
    });
    expect(JSON.parse(presentError(new ShuttingDownError(), 'req_3', undefined).body)).not.toHaveProperty('field');
  });

  it('says when to try again, in whole seconds that are never too few', () => {
    expect(presentError({ ...refused, retryAfterMs: 1_001 }, 'req_4', undefined).headers).toEqual({ 'retry-after': '2' });
    expect(presentError(refused, 'req_5', undefined).headers).toEqual({});
  });
});
