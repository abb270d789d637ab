import { describe, expect, it } from 'vitest';
import { verdictForFailure, verdictForStatus } from './verdict.js';

describe('verdictForStatus', () => {
  it.each([
    [400, 'invalid-request', 'request', 'never'],
    [401, 'authentication', 'key', 'other'],
    [402, 'insufficient-quota', 'key', 'other'],
    [403, 'permission', 'key', 'other'],
    [404, 'not-found', 'model', 'other'],
    [408, 'timeout', 'channel', 'other'],
    [413, 'too-large', 'request', 'never'],
    [418, 'invalid-request', 'request', 'never'],
    [429, 'rate-limit', 'key', 'other'],
    [500, 'server', 'channel', 'other'],
    [503, 'overloaded', 'model', 'other'],
    [529, 'overloaded', 'model', 'other'],
    [599, 'server', 'channel', 'other'],
  ] as const)('takes %i for %s, a fault of the %s, with retry %s', (status, kind, scope, retry) => {
    expect(verdictForStatus(status, 'Refused.')).toEqual({ kind, status, code: `upstream_${status}`, message: 'Refused.', scope, retry });
  });
});

describe('verdictForFailure', () => {
  it.each([
    ['invalid-request', 400, 'invalid-request', 'never'],
    ['invalid-request', 503, 'overloaded', 'other'],
    ['context-length', 500, 'server', 'other'],
    ['insufficient-quota', 500, 'insufficient-quota', 'other'],
    [undefined, 404, 'not-found', 'other'],
  ] as const)('of a body that says %s with status %i is %s, with retry %s', (stated, status, kind, retry) => {
    expect(verdictForFailure(stated, status, 'Refused.', 'c')).toMatchObject({ kind, status, retry, code: 'c' });
  });
});
