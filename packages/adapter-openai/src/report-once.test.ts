import { describe, expect, it } from 'vitest';
import { reportOnce } from './report-once.js';
import { testContext } from './testing/test-context.js';

describe('a context that reports once', () => {
  it('says each field the first time that it is lost', () => {
    const context = testContext();
    const once = reportOnce(context);
    const loss = (field: string, why: string) => ({ field, how: 'dropped', why }) as const;
    for (const said of [loss('a', 'first'), loss('b', 'x'), loss('a', 'second')]) once.lose(said);
    expect(context.losses).toEqual([loss('a', 'first'), loss('b', 'x')]);
  });

  it('is else the context that it was given', () => {
    const context = testContext({ id: 'm', outputTokensMax: 5 });
    const once = reportOnce(context);
    expect([once.newId('x_'), context.newId('x_')]).toEqual(['x_1', 'x_2']);
    expect(once.now()).toBe(context.now());
    expect(once.model).toEqual({ id: 'm', outputTokensMax: 5 });
  });
});
