/**
 * A quick number for a text, the same on every node: for choices that shall come out alike, never for secrets or where collisions cost
 * something. FNV-1a over the UTF-16 units.
 *
 * @returns from 0 to below 2^32
 */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

/** Two numbers become one, spread evenly: the last step of MurmurHash3. @returns from 0 to below 2^32 */
export function mixed32(one: number, other: number): number {
  let hash = one ^ Math.imul(other, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** From 0 to below 1. */
export function pointOf(hash: number): number {
  return hash / 2 ** 32;
}
