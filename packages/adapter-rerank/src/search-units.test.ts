import { describe, expect, it } from 'vitest';
import { searchUnitsOf } from './search-units.js';

const words = (bytes: number): string => 'x'.repeat(bytes);
const documents = (count: number, bytes = 10): readonly string[] => Array.from({ length: count }, () => words(bytes));

describe('search units', () => {
  it.each([
    ['one document', documents(1), { atLeast: 1, atMost: 1 }],
    ['a hundred', documents(100), { atLeast: 1, atMost: 1 }],
    ['a hundred and one', documents(101), { atLeast: 2, atMost: 2 }],
    ['a hundred that may be split in two', documents(100, 600), { atLeast: 1, atMost: 2 }],
    ['one that may be split in many', documents(1, 100_000), { atLeast: 1, atMost: 3 }],
    ['some that are no texts', [{ text: words(900) }, null], { atLeast: 1, atMost: 1 }],
  ] as const)('of %s', (_what, texts, units) => {
    expect(searchUnitsOf('Bern?', texts, undefined)).toEqual(units);
  });

  it('of documents that are nested as deeply as can be', () => {
    let deep: unknown = words(900);
    for (let depth = 0; depth < 10_000; depth += 1) deep = [deep];
    expect(searchUnitsOf('Bern?', [deep], undefined).atLeast).toBe(1);
  });

  it('are no more than the limit of a document allows', () => {
    expect(searchUnitsOf('Bern?', documents(100, 100_000), 400)).toEqual({ atLeast: 1, atMost: 1 });
  });

  it('are more with a long query, which every part has beside it', () => {
    expect(searchUnitsOf(words(200), documents(100, 450), undefined)).toEqual({ atLeast: 1, atMost: 2 });
    expect(searchUnitsOf(words(9_000), documents(100, 450), undefined)).toEqual({ atLeast: 1, atMost: 2 });
  });
});
