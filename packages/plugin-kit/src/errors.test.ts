import { describe, expect, it, vi } from 'vitest';
import { BadRequestError, DefinitionError, DeniedError, deny, UpstreamError } from './errors.js';
import { verdictForStatus } from './verdict.js';

describe('deny', () => {
  it('makes an error that a gate throws', () => {
    const error = deny(403, 'blocked_by_policy', 'No source code, please.');
    expect(DeniedError.isInstance(error)).toBe(true);
    expect(error.publicError).toEqual({ kind: 'permission', status: 403, code: 'blocked_by_policy', message: 'No source code, please.' });
  });

  it('says that a 429 is about the rate', () => {
    expect(deny(429, 'slow_down', 'Wait a minute.').publicError.kind).toBe('rate-limit');
  });
});

describe('kit errors', () => {
  it('are recognised across copies of this package, and not taken for each other', async () => {
    vi.resetModules();
    const copy = await import('./errors.js');
    const verdict = verdictForStatus(500, 'Broken.');
    expect(copy.BadRequestError).not.toBe(BadRequestError);
    expect(BadRequestError.isInstance(new copy.BadRequestError('Wrong.', 'model'))).toBe(true);
    expect(UpstreamError.isInstance(new copy.UpstreamError(verdict))).toBe(true);
    expect(DefinitionError.isInstance(new copy.DefinitionError('Wrong.'))).toBe(true);
    expect(DefinitionError.isInstance(new copy.UpstreamError(verdict))).toBe(false);
    expect(BadRequestError.isInstance(new Error('Wrong.'))).toBe(false);
    expect(DeniedError.isInstance(undefined)).toBe(false);
  });
});
