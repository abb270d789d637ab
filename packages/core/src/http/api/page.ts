import { createHash } from 'node:crypto';
import { z } from 'zod';
import { InvalidParameterError } from './endpoint.js';

const limitMax = 500;
const limitText = `Use a whole number from 1 to ${limitMax}.`;

/** What every list takes, beside its own filters. */
export const pageShape = {
  limit: z.coerce
    .number(limitText)
    .int(limitText)
    .min(1, limitText)
    .max(limitMax, limitText)
    .default(50)
    .meta({ title: 'The most items of a page' }),
  cursor: z.string().max(2_000).optional().meta({ title: 'The `next` of the page before, with the same filters and the same order' }),
};

/** What every list answers. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item).readonly(),
    next: z.string().optional().meta({ title: 'The `cursor` of the next page; absent on the last one' }),
  });
}

interface PageQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/**
 * The cursors of one list. A cursor says after which item the next page begins, and of which filters and which order it is: with others it is
 * refused, since it would leave items out without a word. It holds nothing that the page before did not.
 */
export class PageCursors<Position extends readonly unknown[]> {
  readonly #list: string;
  readonly #position: z.ZodType<Position>;

  /**
   * @param list tells the list from others
   * @param position what a cursor of it holds
   */
  constructor(list: string, position: z.ZodType<Position>) {
    this.#list = list;
    this.#position = position;
  }

  /** The item after which the page begins; undefined for the first page. @throws InvalidParameterError */
  positionOf(query: PageQuery): Position | undefined {
    if (query.cursor === undefined) return undefined;
    const [mark, ...position] = parsed(query.cursor);
    const found = this.#position.safeParse(position);
    if (mark !== this.#markOf(query) || !found.success)
      throw new InvalidParameterError('cursor', 'Use the "next" of the page before, with the same filters and the same order.');
    return found.data;
  }

  /**
   * @param items one more than the page may have, where there are more
   * @param positionOf of an item, as a cursor holds it
   */
  page<Item>(query: PageQuery, items: readonly Item[], positionOf: (item: Item) => Position): { items: readonly Item[]; next?: string } {
    const shown = items.slice(0, query.limit);
    const last = shown.at(-1);
    if (last === undefined || items.length <= query.limit) return { items: shown };
    return { items: shown, next: Buffer.from(JSON.stringify([this.#markOf(query), ...positionOf(last)])).toString('base64url') };
  }

  #markOf({ limit: _limit, cursor: _cursor, ...rest }: PageQuery): string {
    const stated = Object.entries(rest)
      .filter(([, value]) => value !== undefined)
      .sort(([one], [other]) => (one < other ? -1 : 1));
    return createHash('sha256')
      .update(JSON.stringify([this.#list, stated]))
      .digest('base64url')
      .slice(0, 12);
  }
}

/**
 * The page of a list that is in memory as a whole, in the order of its items' positions.
 * @param positionOf of an item: no other has the same
 */
export function pageInMemory<Item, Position extends readonly (string | number)[]>(
  cursors: PageCursors<Position>,
  query: PageQuery,
  all: readonly Item[],
  positionOf: (item: Item) => Position,
  descending = false,
): { items: readonly Item[]; next?: string } {
  const after = cursors.positionOf(query);
  const compare = (one: Position, other: Position): number => (descending ? compared(other, one) : compared(one, other));
  const left = after === undefined ? all : all.filter((item) => compare(positionOf(item), after) > 0);
  const sorted = left.toSorted((one, other) => compare(positionOf(one), positionOf(other)));
  return cursors.page(query, sorted, positionOf);
}

/** By characters: databases sort by other rules. */
function compared(one: readonly (string | number)[], other: readonly (string | number)[]): number {
  const index = one.findIndex((value, place) => value !== other[place]);
  const [left, right] = [one[index], other[index]];
  return left === undefined || right === undefined ? 0 : left < right ? -1 : 1;
}

/** Empty, if it is nothing of ours. */
function parsed(cursor: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
