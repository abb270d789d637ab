import type { CanonicalRequest } from '@tollgate/plugin-kit';

/** The longest name of a function that the vendors take. */
const nameLengthMax = 64;

/** One name for a tool in a namespace, for dialects that have none: the same for its declaration and all its calls. */
export function flatName(namespace: string, name: string): string {
  const joined = `${namespace}__${name}`;
  if (joined.length <= nameLengthMax) return joined;
  const digest = digestOf(joined);
  return `${joined.slice(0, nameLengthMax - digest.length - 1)}_${digest}`;
}

/** FNV-1a of 32 bits: tells long names apart that begin alike. */
function digestOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash >>> 0).toString(36).padStart(7, '0');
}

/** A tool's name as the caller declared it: in its namespace, if it has one. */
export function declaredName({ tools }: CanonicalRequest, name: string): { readonly name: string; readonly namespace?: string } {
  return tools?.find((tool) => tool.name === name)?.grouped ?? { name };
}
