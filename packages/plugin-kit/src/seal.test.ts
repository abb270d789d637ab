import { describe, expect, it } from 'vitest';
import {
  foreignSealMark,
  sealForClient,
  sealFromClient,
  unsealed,
  unwrapPlacedSeal,
  unwrapSeal,
  wrapPlacedSeal,
  wrapSeal,
} from './seal.js';

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

describe('a seal on its way through a client', () => {
  const own = { vendor: 'anthropic', value: 'EqQB+/=' };
  const foreign = { vendor: 'google', value: 'CiQB' };

  it('is as its vendor wrote it for clients of that vendor, and wrapped for all others', () => {
    expect(sealForClient(own, 'anthropic')).toBe('EqQB+/=');
    expect(sealForClient(foreign, 'anthropic')).toBe('tg1.google..CiQB');
    expect(sealForClient(undefined, 'anthropic')).toBe('tg1...');
  });

  it('finds its vendor again', () => {
    for (const seal of [own, foreign]) expect(sealFromClient(sealForClient(seal, 'anthropic'), 'anthropic')).toEqual(seal);
    expect(sealFromClient('tg1.google.channel-1.CiQB', 'anthropic')).toEqual(foreign);
  });

  it.each([undefined, null, 7, '', unsealed])('is none if the client sends %j', (text) => {
    expect(sealFromClient(text, 'anthropic')).toBeUndefined();
  });

  it('is marked in all forms that are not its vendor’s own', () => {
    const wrapped = [unsealed, wrapSeal(foreign), wrapPlacedSeal(foreign, 'text')];
    for (const text of wrapped) expect(text.startsWith(foreignSealMark)).toBe(true);
    expect(foreignSealMark).toBe('tg1');
    expect(wrapPlacedSeal(foreign, { callId: 'a' })).toBe('tg1p.YQ.tg1.google..CiQB');
  });
});
