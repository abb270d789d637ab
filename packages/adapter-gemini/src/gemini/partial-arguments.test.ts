import { describe, expect, it } from 'vitest';
import { PartialArguments } from './partial-arguments.js';

function collected(...pieces: readonly object[]): unknown {
  const partial = new PartialArguments();
  for (const piece of pieces) partial.add(piece);
  return JSON.parse(partial.toString());
}

describe('partial arguments', () => {
  it('puts values of every kind at their paths', () => {
    expect(
      collected(
        { jsonPath: '$.recipe.steps[0]', stringValue: 'Boil' },
        { jsonPath: '$.recipe.steps[1]', stringValue: 'Eat' },
        { jsonPath: "$.recipe['serves up to']", numberValue: 4 },
        { jsonPath: '$.recipe.vegan', boolValue: false },
        { jsonPath: '$.recipe.note', nullValue: 'NULL_VALUE' },
      ),
    ).toEqual({ recipe: { steps: ['Boil', 'Eat'], 'serves up to': 4, vegan: false, note: null } });
  });

  it('joins a text that arrives in pieces', () => {
    expect(collected({ jsonPath: '$.a', stringValue: 'San ', willContinue: true }, { jsonPath: '$.a', stringValue: 'Francisco' })).toEqual({
      a: 'San Francisco',
    });
  });

  it('skips paths that it cannot follow, and prototypes', () => {
    expect(
      collected({ jsonPath: '$..a', stringValue: 'x' }, { jsonPath: '$.a[99999999]', stringValue: 'x' }, { stringValue: 'x' }),
    ).toEqual({});
    collected({ jsonPath: '$.__proto__.polluted', stringValue: 'x' }, { jsonPath: '$.constructor.prototype.polluted', stringValue: 'x' });
    expect({}).not.toHaveProperty('polluted');
  });
});
