import type { JsonObject } from '@tollgate/plugin-kit';

/** Where texts for people stand: an address in one of these is only talked about. */
const proseKeys: ReadonlySet<string> = new Set(['text', 'content']);

/** The path of a text in a caller's body, for errors that have to name a field which the canonical form knows no path of. */
export function fieldOfText(body: JsonObject, text: string): string | undefined {
  const paths: string[][] = [];
  const look = (value: unknown, path: string[]): void => {
    if (value === text) paths.push(path);
    else if (typeof value === 'object' && value !== null) for (const [key, member] of Object.entries(value)) look(member, [...path, key]);
  };
  look(body, []);
  const path = paths.find((found) => !proseKeys.has(found.at(-1) ?? '')) ?? paths[0];
  return path?.join('.');
}
