import * as fc from 'fast-check';
import { characterKinds, type CharacterWeights } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { characterScale } from './character-scale.js';

const nothing = Object.fromEntries(['word', ...characterKinds].map((name) => [name, 0])) as CharacterWeights;
const countOf = (name: keyof CharacterWeights, text: string): number => characterScale({ ...nothing, [name]: 1 }).tokensIn(text);

/** Any UTF-16, halves of pairs included. */
const anyText = fc.array(fc.nat(0xff_ff)).map((units) => String.fromCharCode(...units));

describe('the character scale', () => {
  it.each([
    { name: 'letter', text: 'Ab-c 1', count: 3 },
    { name: 'digit', text: 'a12 3', count: 3 },
    { name: 'punctuation', text: '{"a": 1}', count: 5 },
    { name: 'space', text: 'a b\n\tc', count: 3 },
    { name: 'wide', text: '字かカ한。a', count: 5 },
    { name: 'other', text: 'éя\u{1f389}a', count: 4 },
    { name: 'word', text: 'two words', count: 2 },
    { name: 'word', text: 'naïve été x1y', count: 3 },
    { name: 'word', text: '字a字b', count: 2 },
  ] as const)('finds $count of $name in $text', ({ name, text, count }) => {
    expect(countOf(name, text)).toBe(count);
  });

  it('finds a kind for every unit', () => {
    fc.assert(fc.property(anyText, (text) => characterKinds.reduce((sum, kind) => sum + countOf(kind, text), 0) === text.length));
  });

  it('never weighs a longer text that begins alike as less', () => {
    const scale = characterScale({ word: 0.4, letter: 0.1, digit: 0.7, punctuation: 0.4, space: 0.3, wide: 0.7, other: 0.3 });
    fc.assert(fc.property(anyText, anyText, (text, more) => scale.tokensIn(text + more) >= scale.tokensIn(text)));
  });
});
