import type { UpstreamFailure, Verdict } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { classify } from './classify.js';

function judge(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Partial<Verdict> {
  const failure: UpstreamFailure = { status, headers: new Map(Object.entries(headers)), text: JSON.stringify(body), json: () => body };
  return classify(failure);
}

/** An error as the vendor writes it. */
function error(message: string, type: string, code: string | null = null, param: string | null = null): object {
  return { error: { message, type, param, code } };
}

describe('a failure of the vendor', () => {
  it.each<[string, number, object, Partial<Verdict>]>([
    [
      'a wrong key',
      401,
      error(
        'Incorrect API key provided: sk-proj-abc***xyz. You can find your API key at https://platform.openai.com/account/api-keys.',
        'invalid_request_error',
        'invalid_api_key',
      ),
      { kind: 'authentication', scope: 'key', retry: 'other', code: 'invalid_api_key' },
    ],
    [
      'a country that is not served',
      403,
      error('Country, region, or territory not supported', 'request_forbidden', 'unsupported_country_region_territory'),
      { kind: 'permission', scope: 'key', retry: 'other' },
    ],
    [
      'an account without money',
      429,
      error('You exceeded your current quota, please check your plan and billing details.', 'insufficient_quota', 'insufficient_quota'),
      { kind: 'insufficient-quota', scope: 'key', retry: 'other', code: 'insufficient_quota' },
    ],
    [
      'a hard limit, which is a 400',
      400,
      error('Billing hard limit has been reached', 'invalid_request_error', 'billing_hard_limit_reached'),
      { kind: 'insufficient-quota', scope: 'key', retry: 'other' },
    ],
    [
      'too many requests',
      429,
      error('Rate limit reached for gpt-4o in organization org-AbC123dEf456 on tokens per min (TPM)', 'tokens', 'rate_limit_exceeded'),
      { kind: 'rate-limit', scope: 'key', retry: 'other' },
    ],
    [
      'a model that does not exist',
      404,
      error('The model `gpt-x` does not exist or you do not have access to it.', 'invalid_request_error', 'model_not_found'),
      { kind: 'not-found', scope: 'model', retry: 'other' },
    ],
    [
      'an item that the account does not keep',
      404,
      error("Item with id 'rs_1' not found. Items are not persisted when `store` is set to false.", 'invalid_request_error', null, 'input'),
      { kind: 'invalid-request', status: 404, code: 'resource_not_found', scope: 'request', retry: 'other', missing: true, field: 'input' },
    ],
    [
      'an earlier answer that the account does not keep',
      400,
      error(
        "Previous response with id 'resp_1' not found.",
        'invalid_request_error',
        'previous_response_not_found',
        'previous_response_id',
      ),
      { kind: 'invalid-request', status: 400, code: 'previous_response_not_found', scope: 'request', retry: 'other', missing: true },
    ],
    [
      'too long a prompt',
      400,
      error("This model's maximum context length is 128000 tokens.", 'invalid_request_error', 'context_length_exceeded', 'messages'),
      { kind: 'context-length', scope: 'request', retry: 'never', field: 'messages' },
    ],
    [
      'a prompt that is not allowed',
      400,
      error('Your request was rejected.', 'invalid_request_error', 'content_policy_violation'),
      { kind: 'content-filter', scope: 'request', retry: 'never' },
    ],
    [
      'a parameter that is not known',
      400,
      error("Unknown parameter: 'web_search_options.user_location'.", 'invalid_request_error', 'unknown_parameter', 'web_search_options'),
      { kind: 'invalid-request', retry: 'never', message: "Unknown parameter: 'web_search_options.user_location'." },
    ],
    [
      'a broken server',
      500,
      error('The server had an error.', 'server_error'),
      { kind: 'server', scope: 'channel', retry: 'other', code: 'upstream_500' },
    ],
    [
      'a busy server that blames the request',
      503,
      error('Context length exceeded.', 'invalid_request_error', 'context_length_exceeded'),
      { kind: 'overloaded', scope: 'model', retry: 'other' },
    ],
    [
      'reasoning that it cannot decrypt',
      400,
      error('The encrypted content gAAA could not be verified.', 'invalid_request_error', 'invalid_encrypted_content'),
      { kind: 'invalid-request', retry: 'without-seals' },
    ],
    [
      'a busy server',
      503,
      error('The engine is currently overloaded.', 'overloaded_error'),
      { kind: 'overloaded', scope: 'model', retry: 'other' },
    ],
  ])('is understood: %s', (_name, status, body, verdict) => {
    const judged = judge(status, body);
    expect(judged).toMatchObject({ status, ...verdict });
    expect(judged.message).not.toMatch(/https?:|sk-|org-/);
  });
});

describe('a failure of a compatible server', () => {
  it.each<[string, number, unknown, Partial<Verdict>]>([
    [
      'a bare error',
      400,
      { object: 'error', message: 'Bad.', type: 'BadRequestError', code: 400 },
      { kind: 'invalid-request', message: 'Bad.' },
    ],
    [
      'a context told in words',
      400,
      {
        object: 'error',
        message: "This model's maximum context length is 4096 tokens. However, you requested 5000.",
        type: 'BadRequestError',
      },
      { kind: 'context-length', retry: 'never' },
    ],
    [
      'a list with one error',
      429,
      [{ error: { code: 429, message: 'Quota.', status: 'RESOURCE_EXHAUSTED' } }],
      { kind: 'rate-limit', message: 'Quota.' },
    ],
    ['a text for an error', 404, { error: 'model "x" not found' }, { kind: 'not-found', message: 'model "x" not found' }],
    [
      'a signature that a server behind it refused',
      400,
      {
        error: {
          code: 400,
          message: 'Provider returned error',
          metadata: { raw: 'messages.1.content.0: Invalid `signature` in `thinking` block' },
        },
      },
      { kind: 'invalid-request', retry: 'without-seals' },
    ],
    ['a detail in words', 401, { detail: 'Unauthorized' }, { kind: 'authentication', message: 'Unauthorized' }],
    [
      'a wrong key with status 400',
      400,
      { code: 'Client specified an invalid argument', error: 'Incorrect API key provided: xa***zz.' },
      { kind: 'authentication', scope: 'key', retry: 'other' },
    ],
    [
      'a key that is not valid',
      400,
      [{ error: { code: 400, message: 'API key not valid. Please pass a valid API key.' } }],
      { kind: 'authentication', retry: 'other' },
    ],
    [
      'a balance of nothing',
      402,
      { error: { message: 'Insufficient Balance', type: 'unknown_error', code: 'invalid_request_error' } },
      { kind: 'insufficient-quota', scope: 'key', retry: 'other' },
    ],
    [
      'what a server behind it said',
      429,
      { error: { code: 429, message: 'Provider returned error', metadata: { raw: 'Slow down.' } } },
      { message: 'Provider returned error: Slow down.' },
    ],
    [
      'an error code that every object answers to',
      500,
      { error: { code: 'constructor', message: 'x' } },
      { kind: 'server', code: 'constructor' },
    ],
    [
      'an error without words',
      502,
      { error: { code: 'bad_gateway' } },
      { kind: 'server', message: 'The upstream gave no reason.', code: 'bad_gateway' },
    ],
  ])('is understood: %s', (_name, status, body, verdict) => {
    expect(judge(status, body)).toMatchObject({ status, ...verdict });
  });

  it.each([[undefined], [null], ['<html>'], [[]], [{}], [{ error: null }], [{ error: {} }], [{ detail: [] }]])(
    'is left to its status where the body says nothing: %j',
    (body) => {
      expect(judge(500, body)).toEqual({});
    },
  );
});

describe('the time to wait', () => {
  it.each<[Readonly<Record<string, string>>, number | undefined]>([
    [{}, undefined],
    [{ 'retry-after': '2' }, 2_000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after-ms': '250', 'retry-after': '2' }, 250],
    [{ 'retry-after': '' }, undefined],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '-1' }, undefined],
  ])('of %j', (headers, retryAfterMs) => {
    expect(judge(429, undefined, headers).retryAfterMs).toBe(retryAfterMs);
  });
});
