import { describe, expect, it } from 'vitest';
import { firstDifference, insistSame, isSameJson, textsIn } from './insist.js';

describe('firstDifference', () => {
  it('is none where everything expected is there', () => {
    expect(firstDifference({ a: 1, b: [{ c: 'x', more: true }] }, { b: [{ c: 'x' }] })).toBeUndefined();
  });

  it.each<readonly [unknown, unknown, string]>([
    [{ a: 1 }, { a: 2 }, 'a'],
    [{ a: { b: [1, 2] } }, { a: { b: [1, 3] } }, 'a.b[1]'],
    [{ a: [1, 2] }, { a: [1] }, 'a'],
    [{ a: null }, { a: { b: 1 } }, 'a'],
    [{}, { a: null }, 'a'],
  ])('of %j from %j is at %s', (actual, expected, path) => {
    expect(firstDifference(actual, expected)).toBe(path);
  });
});

describe('JSON', () => {
  it('is the same whatever the order of members and the undefined ones', () => {
    expect(isSameJson({ a: 1, b: undefined, c: 2 }, { c: 2, a: 1 })).toBe(true);
    expect(isSameJson({ a: [1, 2] }, { a: [2, 1] })).toBe(false);
  });

  it('is shown where it is not the same', () => {
    expect(() => insistSame({ a: 1 }, { a: 2 }, 'It differs.')).toThrow(/It differs\.\n {2}is: +\{"a":1\}\n {2}expected: \{"a":2\}/);
  });

  it('has texts in keys and values', () => {
    expect(textsIn({ a: ['b', { c: 'd' }, 5, null] })).toEqual(['a', 'b', 'c', 'd']);
  });
});
