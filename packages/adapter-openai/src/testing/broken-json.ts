import type { JsonObject } from '@tollgate/plugin-kit';
import * as fc from 'fast-check';

/** Values that fields are likely to have by mistake, and the names that every object answers to. */
export const anyValue = fc.oneof(
  { weight: 3, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  fc.constantFrom<unknown>(null, '', 0, -1, 1.5, true, [], {}, [null], [[]], [{}], 'constructor', '__proto__', '5'),
);

/** Every place in a JSON value, as the keys that lead there. */
export function pathsOf(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, member]) => pathsOf(member, [...path, key]))];
}

/** The same value with `substitute` at one place. */
export function replaced(value: unknown, path: readonly string[], substitute: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return substitute;
  if (Array.isArray(value))
    return value.map((member: unknown, index) => (String(index) === key ? replaced(member, rest, substitute) : member));
  return Object.fromEntries(
    Object.entries(value as JsonObject).map(([name, member]) => [name, name === key ? replaced(member, rest, substitute) : member]),
  );
}
