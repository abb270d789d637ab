import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { InvalidParameterError } from './endpoint.js';
import { PageCursors, pageInMemory, pageShape } from './page.js';

const cursors = new PageCursors('things', z.tuple([z.string(), z.int()]));
const query = z.strictObject({ ...pageShape, tag: z.string().optional() });
const things = [1, 2, 3].map((number) => ({ name: `thing ${number}`, number }));
const page = (given: z.output<typeof query>) => cursors.page(given, things, ({ name, number }) => [name, number]);

describe('page', () => {
  it('ends after its limit, and says where the next one begins', () => {
    const given = query.parse({ limit: '2', tag: 'eu' });
    const { items, next } = page(given);
    expect(items).toEqual(things.slice(0, 2));
    expect(cursors.positionOf({ ...given, cursor: next })).toEqual(['thing 2', 2]);
    expect(cursors.positionOf({ ...given, limit: 7, cursor: next })).toEqual(['thing 2', 2]);
  });

  it('is the last one where no more items are left', () => {
    expect(page(query.parse({ limit: 3 }))).toEqual({ items: things });
  });

  it('refuses cursors of other filters, of other lists, and of nobody', () => {
    const { next } = page(query.parse({ limit: 2, tag: 'eu' }));
    const forged = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const mark = String((JSON.parse(Buffer.from(next ?? '', 'base64url').toString()) as unknown[])[0]);
    const refused = [
      { tag: 'us', cursor: next },
      { cursor: next },
      ...[forged([mark, 'thing 2', 'x']), forged([mark]), forged({}), 'nothing of ours', ''].map((cursor) => ({ tag: 'eu', cursor })),
    ];
    for (const given of refused) expect(() => cursors.positionOf(query.parse(given)), JSON.stringify(given)).toThrow(InvalidParameterError);
    const others = new PageCursors('others', z.tuple([z.string(), z.int()]));
    expect(() => others.positionOf(query.parse({ tag: 'eu', cursor: next }))).toThrow('cursor: Use the "next" of the page before');
  });

  it('goes through a list in memory in its order, either way, each item once, though others come and go', () => {
    const all = [2, 3, 1].flatMap((number) => ['b', 'a'].map((name) => ({ name, number })));
    const turned = (cursor?: string, list = all, descending = false) =>
      pageInMemory(cursors, query.parse({ limit: 4, cursor }), list, ({ name, number }) => [name, number], descending);
    const shown = ({ items }: ReturnType<typeof turned>) => items.map(({ name, number }) => `${name}${number}`).join(' ');
    const first = turned();
    expect(shown(first)).toBe('a1 a2 a3 b1');
    expect(turned(first.next)).toEqual({
      items: [
        { name: 'b', number: 2 },
        { name: 'b', number: 3 },
      ],
    });
    const withoutLast = [
      ...all.filter(({ name, number }) => name !== 'b' || number > 2),
      { name: 'a', number: 9 },
      { name: 'c', number: 0 },
    ];
    expect(shown(turned(first.next, withoutLast))).toBe('b3 c0');
    const last = turned(undefined, all, true);
    expect([shown(last), shown(turned(last.next, all, true))]).toEqual(['b3 b2 b1 a3', 'a2 a1']);
  });

  it.each(['0', '501', '1.5', 'many'])('refuses the limit %s', (limit) => {
    expect(query.safeParse({ limit }).error?.issues[0]?.message).toBe('Use a whole number from 1 to 500.');
  });
});
