import type { FailureKind } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { openaiChat } from './dialect.js';

const client = openaiChat.client;

describe('the chat dialect', () => {
  it('guards every field that it reads before the gateway knows the upstream', () => {
    const facts = { model: 'm', stream: true, stream_options: {}, max_tokens: 1, max_completion_tokens: 1, n: 1, messages: [] };
    expect(new Set(client?.guardedKeys)).toEqual(new Set(Object.keys(facts)));
  });

  it('lets nothing pass that names the caller’s account at the vendor', () => {
    expect(client?.passHeaders).not.toContain('openai-organization');
    expect(client?.passHeaders).not.toContain('openai-project');
    expect(client?.passHeaders).not.toContain('authorization');
  });

  it.each<[FailureKind, number, string]>([
    ['authentication', 401, 'invalid_request_error'],
    ['not-found', 404, 'invalid_request_error'],
    ['insufficient-quota', 429, 'insufficient_quota'],
    ['rate-limit', 429, 'rate_limit_exceeded'],
    ['overloaded', 503, 'server_error'],
    ['timeout', 504, 'server_error'],
    ['server', 502, 'server_error'],
  ])('calls the failure %s with status %i %s', (kind, status, type) => {
    expect(client?.encodeError({ kind, status, code: 'some_code', message: 'No.' }, 'req_1')).toEqual({
      status,
      body: { error: { message: 'No.', type, param: null, code: 'some_code' } },
    });
  });
});
