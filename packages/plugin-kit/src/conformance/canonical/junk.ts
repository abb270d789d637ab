import type { JsonObject } from '../../canonical.js';
import type { SeededRandom } from '../seeded-random.js';

/** Values that fields have by mistake, and the names that every object answers to. */
const junkValues: readonly unknown[] = [
  null,
  '',
  0,
  -1,
  1.5,
  true,
  [],
  {},
  [null],
  [[]],
  [{}],
  'constructor',
  '5',
  { type: 'news' },
  [{ type: null }],
];

/** Bodies and frames that nobody should send. */
export const junkDocuments: readonly unknown[] = [
  {},
  [],
  null,
  0,
  'text',
  { error: null },
  { usage: null },
  { choices: null },
  { choices: [null] },
  { choices: [{ delta: null, message: null }] },
  { content: null },
  { content: [null] },
  { candidates: [{ content: null }] },
  { output: [null] },
  { type: 'news' },
  { type: null, index: 'x' },
];

/** The value with one place in it replaced by something wrong. */
export function damaged(value: unknown, random: SeededRandom): unknown {
  const paths = pathsOf(value).filter(({ length }) => length > 0);
  return paths.length === 0 ? random.pick(junkValues) : replaced(value, random.pick(paths), random.pick(junkValues));
}

/** Every place in a JSON value, as the keys that lead there. */
function pathsOf(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, member]) => pathsOf(member, [...path, key]))];
}

function replaced(value: unknown, path: readonly string[], substitute: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return substitute;
  if (Array.isArray(value)) {
    return value.map((member: unknown, index) => (String(index) === key ? replaced(member, rest, substitute) : member));
  }
  const members = Object.entries(value as JsonObject);
  return Object.fromEntries(members.map(([name, member]) => [name, name === key ? replaced(member, rest, substitute) : member]));
}
