import { type TokenFamily, usualCharacterWeights } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { TokenFamilies, usualScale } from './token-families.js';

const small: TokenFamily = { id: 'small', models: [/^fast-mini/], weights: usualCharacterWeights, field: 1 };
const fast: TokenFamily = { id: 'fast', models: [/^fast/, /^quick/], weights: usualCharacterWeights, field: 2, unseen: { tools: 9 } };
const adapter = { tokenFamilies: [small, fast] };

describe('token families', () => {
  it('takes the first family that claims the name', () => {
    const families = new TokenFamilies();
    expect(families.scaleFor(adapter, 'fast-mini-2').family).toBe('small');
    expect(families.scaleFor(adapter, 'quick-1')).toMatchObject({ family: 'fast', field: 2, unseenWithTools: 9, unseenInCall: 0 });
  });

  it('weighs names that nobody claims by the usual weights', () => {
    const families = new TokenFamilies();
    expect(families.scaleFor(adapter, 'slow')).toBe(usualScale);
    expect(families.scaleFor({}, 'fast')).toBe(usualScale);
  });

  it('compiles a family once, whatever the model and however many names are asked for', () => {
    const families = new TokenFamilies();
    const scale = families.scaleFor(adapter, 'fast');
    for (let number = 0; number < 2_500; number += 1) families.scaleFor(adapter, `quick-${number}`);
    expect(families.scaleFor(adapter, 'quick-1')).toBe(scale);
  });

  it('says which models are cached unasked', () => {
    const families = new TokenFamilies();
    const eager = { tokenFamilies: [{ ...small, writesCacheUnasked: true as const }, fast] };
    expect(['fast-mini', 'fast', 'slow'].map((model) => families.scaleFor(eager, model).writesCacheUnasked)).toEqual([true, false, false]);
  });

  it('keeps to figures that can be when the arithmetic of a family fails', () => {
    const broken = { ...fast, media: { image: () => Number.NaN } };
    expect(new TokenFamilies().scaleFor({ tokenFamilies: [broken] }, 'fast').media.image({})).toBeGreaterThan(0);
  });
});
