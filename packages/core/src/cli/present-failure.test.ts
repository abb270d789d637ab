import { describe, expect, it } from 'vitest';
import { ConfigurationError, StorageUnavailableError } from '../foundation/errors.js';
import { presentFailure } from './present-failure.js';

describe('a failed command', () => {
  it('says what to do and nothing else where the operator is at fault', () => {
    expect(presentFailure(new ConfigurationError('PORT: use a number.'), false)).toBe('PORT: use a number.');
  });

  it('says how to find out more where nobody expected it', () => {
    expect(presentFailure(new TypeError('x is undefined'), false)).toBe(
      'x is undefined\nSet LOG_LEVEL=debug to see where this comes from.',
    );
  });

  it('says why the database cannot be used', () => {
    const refused = new AggregateError([new Error('connect ECONNREFUSED ::1:1'), new Error('connect ECONNREFUSED 127.0.0.1:1')]);
    const presented = presentFailure(new StorageUnavailableError('Try again.', { cause: refused }), false);
    expect(presented).toContain('connect ECONNREFUSED ::1:1, connect ECONNREFUSED 127.0.0.1:1.');
    expect(presented).toContain('DATABASE_URL');
    expect(presentFailure(new StorageUnavailableError('Try again.'), false)).toBe('Try again.');
  });

  it('shows stack and causes on demand', () => {
    const error = new ConfigurationError('outer', { cause: new Error('inner') });
    expect(presentFailure(error, true)).toMatch(/outer\n {4}at .*Caused by: Error: inner\n {4}at/s);
  });
});
