import { describe, expect, it } from 'vitest';
import { unwrapSeal, wrapSeal } from './seal.js';

describe('seal', () => {
  it('comes out of its wrapping unchanged, dots included', () => {
    const seal = { vendor: 'anthropic', value: 'EqQB.xyz==.abc' };
    expect(unwrapSeal(wrapSeal(seal, 'channel-1'))).toEqual({ seal, issuer: 'channel-1' });
  });

  it('is not seen in texts that are none of ours', () => {
    expect(unwrapSeal('EqQBxyz')).toBeUndefined();
    expect(unwrapSeal('tg1.anthropic')).toBeUndefined();
  });
});
