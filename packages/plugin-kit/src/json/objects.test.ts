import { describe, expect, it } from 'vitest';
import { objectIn, objectsIn } from './objects.js';

describe('objects in JSON', () => {
  it('are told from lists, null and everything else', () => {
    const object = { a: 1 };
    expect(objectIn(object)).toBe(object);
    for (const other of [[], null, undefined, 'text', 1, true]) expect(objectIn(other)).toBeUndefined();
  });

  it('are picked out of a list, and of nothing else', () => {
    expect(objectsIn([{ a: 1 }, null, [], 'text', { b: 2 }])).toEqual([{ a: 1 }, { b: 2 }]);
    for (const other of [{}, null, undefined, 'text', 5]) expect(objectsIn(other)).toEqual([]);
  });
});
