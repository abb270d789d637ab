import type { Verdict } from '@tollgate/plugin-kit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readWireError, verdictOf } from './wire-error.js';

function judged(error: unknown): Verdict | undefined {
  const read = readWireError(error);
  return read === undefined ? undefined : verdictOf(read);
}

describe('an error inside a stream, which has no status of its own', () => {
  it.each<[unknown, Partial<Verdict>]>([
    [
      { message: 'x', code: 502 },
      { kind: 'server', status: 502 },
    ],
    [
      { message: 'x', status_code: 400, code: 'tool_use_failed' },
      { kind: 'invalid-request', status: 400, code: 'tool_use_failed', retry: 'never' },
    ],
    [
      { message: 'x', code: 7 },
      { kind: 'server', status: 502 },
    ],
    [
      { message: 'x', type: 'invalid_request_error' },
      { kind: 'invalid-request', status: 400 },
    ],
    [
      { message: 'too long for the context window', type: 'invalid_request_error' },
      { kind: 'context-length', status: 400 },
    ],
    [
      { message: 'x', type: 'insufficient_quota' },
      { kind: 'insufficient-quota', status: 429, code: 'insufficient_quota' },
    ],
    [
      { message: 'x', code: 'rate_limit_exceeded' },
      { kind: 'rate-limit', status: 429 },
    ],
    [
      { message: 'x', type: 'overloaded_error' },
      { kind: 'overloaded', status: 503 },
    ],
    [
      { message: 'x', code: 'invalid_api_key' },
      { kind: 'authentication', status: 401 },
    ],
    ['Broke.', { kind: 'server', status: 502, message: 'Broke.' }],
  ])('%j gets one that fits', (error, verdict) => {
    expect(judged(error)).toMatchObject(verdict);
  });

  it('is none if it says nothing', () => {
    for (const nothing of [undefined, null, '', 7, [], {}, { message: '' }, { code: null, type: '' }])
      expect(judged(nothing)).toBeUndefined();
  });

  it('is judged whatever it holds', () => {
    const anyValue = fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.constantFrom('__proto__', 'constructor', 429, 503));
    const members = fc.constantFrom('message', 'type', 'code', 'param', 'status', 'status_code', 'metadata');
    fc.assert(
      fc.property(fc.dictionary(members, anyValue), (error) => {
        const verdict = judged(error);
        if (verdict === undefined) return;
        expect(verdict.status).toBeGreaterThanOrEqual(400);
        expect(verdict.status).toBeLessThan(600);
        for (const said of [verdict.kind, verdict.code, verdict.message]) expect(said).toBeTypeOf('string');
      }),
    );
  });
});
