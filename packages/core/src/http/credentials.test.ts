import { describe, expect, it } from 'vitest';
import { CredentialReader } from './credentials.js';
import { MissingApiKeyError } from './http-errors.js';

const reader = new CredentialReader([{ header: 'x-one-key' }, { header: 'x-two-key' }, { query: 'key' }, { header: 'x-one-key' }]);
const keyOf = (headers: Readonly<Record<string, string>>, query = '') => reader.keyOf(headers, new URLSearchParams(query));

describe('credential reader', () => {
  it.each([
    [{ authorization: 'Bearer sk-1' }, ''],
    [{ authorization: 'bearer   sk-1 ' }, ''],
    [{ authorization: 'sk-1' }, ''],
    [{ 'x-one-key': 'sk-1' }, ''],
    [{ 'x-two-key': 'sk-1' }, ''],
    [{}, 'alt=sse&key=sk-1'],
  ])('finds the key in %o %s', (headers: Readonly<Record<string, string>>, query) => {
    expect(keyOf(headers, query)).toBe('sk-1');
  });

  it('passes over places that are empty', () => {
    expect(keyOf({ authorization: 'Bearer ', 'x-one-key': '', 'x-two-key': 'sk-2' })).toBe('sk-2');
  });

  it('takes the header before the address, which others may have written', () => {
    expect(keyOf({ 'x-one-key': 'sk-header' }, 'key=sk-query')).toBe('sk-header');
  });

  it('looks nowhere else', () => {
    expect(() => keyOf({ 'x-api-token': 'sk-1', cookie: 'key=sk-1' }, 'token=sk-1')).toThrow(MissingApiKeyError);
    expect(() => keyOf({}, 'key=')).toThrow(/Authorization: Bearer/);
  });

  it('knows which parameters carry keys', () => {
    expect(reader.isParameter('key')).toBe(true);
    expect(reader.isParameter('x-one-key')).toBe(false);
  });
});
