import type { FailureKind, UpstreamFailure } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { classify, encodeErrorBody, encodeStreamError, verdictOf } from './errors.js';

function failure(status: number, body: unknown, headers: Record<string, string> = {}): UpstreamFailure {
  return { status, headers: new Map(Object.entries(headers)), text: JSON.stringify(body), json: () => body };
}

function vendorError(type: string, message = 'No.', details?: object): object {
  return { type: 'error', error: { type, message, ...(details === undefined ? {} : { details }) }, request_id: 'req_1' };
}

describe('encodeErrorBody', () => {
  it.each<[FailureKind, number, string]>([
    ['authentication', 401, 'authentication_error'],
    ['permission', 403, 'permission_error'],
    ['insufficient-quota', 402, 'billing_error'],
    ['rate-limit', 429, 'rate_limit_error'],
    ['overloaded', 529, 'overloaded_error'],
    ['invalid-request', 400, 'invalid_request_error'],
    ['too-large', 413, 'request_too_large'],
    ['context-length', 400, 'invalid_request_error'],
    ['content-filter', 400, 'invalid_request_error'],
    ['not-found', 404, 'not_found_error'],
    ['timeout', 504, 'timeout_error'],
    ['network', 502, 'api_error'],
    ['server', 500, 'api_error'],
  ])('says %s (%i) as %s', (kind, status, type) => {
    expect(encodeErrorBody({ kind, status, code: 'our_code', message: 'No.' }, 'req_1')).toEqual({
      type: 'error',
      error: { type, message: 'No.', details: { error_code: 'our_code' } },
      request_id: 'req_1',
    });
  });

  it('opens the message with the field at fault, once', () => {
    const error = { kind: 'invalid-request', status: 400, code: 'c', field: 'max_tokens' } as const;
    expect(encodeErrorBody({ ...error, message: 'Too big.' })).toMatchObject({ error: { message: 'max_tokens: Too big.' } });
    expect(encodeErrorBody({ ...error, message: 'max_tokens is too big.' })).toMatchObject({
      error: { message: 'max_tokens is too big.' },
    });
  });

  it('ends streams with an event of its own', () => {
    const error = { kind: 'network', status: 502, code: 'upstream_cut', message: 'Cut.' } as const;
    expect(encodeStreamError(error, 'req_1')).toEqual([{ event: 'error', data: JSON.stringify(encodeErrorBody(error, 'req_1')) }]);
  });
});

describe('classify', () => {
  it.each([
    [401, vendorError('authentication_error'), { kind: 'authentication', scope: 'key', retry: 'other' }],
    [403, vendorError('permission_error'), { kind: 'permission' }],
    [402, vendorError('billing_error'), { kind: 'insufficient-quota', scope: 'key' }],
    [404, vendorError('not_found_error', 'model: claude-x'), { kind: 'not-found', scope: 'model', message: 'model: claude-x' }],
    [413, vendorError('request_too_large'), { kind: 'too-large', retry: 'never' }],
    [429, vendorError('rate_limit_error'), { kind: 'rate-limit', code: 'rate_limit_error' }],
    [529, vendorError('overloaded_error'), { kind: 'overloaded', scope: 'model', retry: 'other' }],
    [500, vendorError('api_error'), { kind: 'server' }],
    [400, vendorError('invalid_request_error'), { kind: 'invalid-request', retry: 'never' }],
    [
      400,
      vendorError('invalid_request_error', 'prompt is too long: 208310 tokens > 200000 maximum'),
      { kind: 'context-length', retry: 'never' },
    ],
    [
      400,
      vendorError('invalid_request_error', 'Your credit balance is too low to access the API.'),
      { kind: 'insufficient-quota', retry: 'other' },
    ],
    [400, vendorError('invalid_request_error', 'Output blocked by content filtering policy'), { kind: 'content-filter', retry: 'never' }],
    [
      429,
      vendorError('rate_limit_error', 'Limit.', { error_code: 'contract_spend_limit_reached' }),
      { kind: 'insufficient-quota', code: 'contract_spend_limit_reached' },
    ],
    [503, vendorError('invalid_request_error', 'Try again.'), { kind: 'overloaded', retry: 'other' }],
    [
      400,
      vendorError('invalid_request_error', 'messages.1.content.0: Invalid `signature` in `thinking` block'),
      { kind: 'invalid-request', retry: 'without-seals' },
    ],
    [
      400,
      vendorError('invalid_request_error', 'messages.1.content.0: Invalid `data` in `redacted_thinking` block'),
      { retry: 'without-seals' },
    ],
    [
      400,
      vendorError(
        'invalid_request_error',
        'messages.3.content.1: `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified.',
      ),
      { retry: 'without-seals' },
    ],
    [
      400,
      vendorError('invalid_request_error', 'messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`.'),
      { retry: 'without-seals' },
    ],
    [400, vendorError('invalid_request_error', 'thinking.budget_tokens: Input should be greater than 1024'), { retry: 'never' }],
    [409, vendorError('conflict_error', 'Busy.'), { kind: 'invalid-request', code: 'conflict_error', message: 'Busy.' }],
  ])('%i %j', (status, body, verdict) => {
    expect(classify(failure(status, body))).toMatchObject({ ...verdict, status });
  });

  it('waits as long as the upstream asks', () => {
    expect(classify(failure(429, vendorError('rate_limit_error'), { 'retry-after': '7' }))).toMatchObject({ retryAfterMs: 7000 });
    expect(classify(failure(429, vendorError('rate_limit_error'), { 'retry-after': 'soon' }))).not.toHaveProperty('retryAfterMs');
  });

  it('says nothing about bodies that are not the vendor’s', () => {
    expect(classify(failure(502, undefined))).toEqual({});
    expect(classify(failure(502, { error: 'Bad gateway' }))).toEqual({});
  });

  it('shows callers neither addresses nor keys', () => {
    const message = 'Key sk-ant-api03-abcdef is wrong, see https://console.example.org/keys.';
    const { message: cleaned } = classify(failure(401, vendorError('authentication_error', message)));
    expect(cleaned).toBe('Key [key] is wrong, see [address]');
  });

  it('takes the status from the type where an error comes inside a success', () => {
    expect(verdictOf(vendorError('overloaded_error'))).toMatchObject({ kind: 'overloaded', status: 529 });
    expect(verdictOf(vendorError('news_error'))).toMatchObject({ kind: 'server', status: 502 });
  });
});
