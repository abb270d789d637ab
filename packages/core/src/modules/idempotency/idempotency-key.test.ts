import { describe, expect, it } from 'vitest';
import { isIdempotencyKey, type KeyedRequest, keyClaimOf } from './idempotency-key.js';

const request: KeyedRequest = { method: 'POST', path: '/v1/answers', query: 'alt=sse', body: Buffer.from('{"model":"m"}') };

describe('idempotency key', () => {
  it.each([
    ['a word', 'order-17', true],
    ['as long as may be', 'k'.repeat(255), true],
    ['beyond ASCII', 'Bestellung übermorgen', true],
    ['nothing', '', false],
    ['too long', 'k'.repeat(256), false],
    ['a tab', 'a\tb', false],
    ['a line break', 'a\nb', false],
    ['a deletion', 'a\x7f', false],
  ])('may be or not: %s', (_title, key, expected) => {
    expect(isIdempotencyKey(key)).toBe(expected);
  });

  it('claims the same for the same request', () => {
    expect(keyClaimOf('key', 'token', { ...request, body: Buffer.from(request.body) })).toEqual(keyClaimOf('key', 'token', request));
  });

  it.each([
    ['method', { method: 'PUT' }],
    ['path', { path: '/v1/answer' }],
    ['query', { query: '' }],
    ['body', { body: Buffer.from('{"model": "m"}') }],
    ['place of the border between path and query', { path: '/v1/answersalt=sse', query: '' }],
  ])('tells requests apart by their %s', (_title, change) => {
    const [one, other] = [keyClaimOf('key', 'token', request), keyClaimOf('key', 'token', { ...request, ...change })];
    expect(other.id).toBe(one.id);
    expect(other.fingerprint).not.toBe(one.fingerprint);
  });

  it('is another key with another token, wherever the one ends and the other begins', () => {
    const ids = [
      ['key', 'token'],
      ['key', 'other'],
      ['nkey', 'toke'],
      ['KEY', 'token'],
    ].map(([key = '', token = '']) => keyClaimOf(key, token, request).id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
