import { describe, expect, it } from 'vitest';
import { unwrapPlacedSeal, unwrapSeal, wrapPlacedSeal, wrapSeal } from './seal.js';

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

describe('a placed seal', () => {
  const seal = { vendor: 'google', value: 'CiQB.+/=' };

  it.each(['text' as const, { callId: 'call_1' }, { callId: 'a.b:ü' }])('remembers that it is on %j', (place) => {
    expect(unwrapPlacedSeal(wrapPlacedSeal(seal, place))).toEqual({ seal, place });
  });

  it('is told apart from a seal on thinking', () => {
    expect(unwrapPlacedSeal(wrapSeal(seal))).toBeUndefined();
    expect(unwrapSeal(wrapPlacedSeal(seal, 'text'))).toBeUndefined();
    expect(unwrapPlacedSeal('tg1p.x')).toBeUndefined();
  });
});
