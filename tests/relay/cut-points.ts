import { seededRandom } from '../replay/random.js';
import { frameEnds } from '../replay/wire.js';

const smallBytesMax = 4_096;
const seededCuts = 200;

/**
 * Ways to cut a body that a reader could stumble over, each a list of offsets. Small bodies are cut at every byte; larger ones around all
 * frame edges, inside all escapes and multi-byte characters, and 200 times at random places.
 */
export function cutsOf(body: Buffer): readonly (readonly number[])[] {
  if (body.length <= smallBytesMax) {
    const every = Array.from({ length: body.length - 1 }, (_, index) => index + 1);
    return [every, ...every.map((offset) => [offset])];
  }
  const edges = frameEnds(body);
  const aroundEdges = [-3, -2, -1, 0, 1, 2, 3].map((distance) => edges.map((edge) => edge + distance));
  return [...aroundEdges, insideCharacters(body), insideEscapes(body), ...randomCuts(body.length)];
}

/** Offsets of continuation bytes: a cut there splits a character. */
function insideCharacters(body: Buffer): readonly number[] {
  return offsetsWhere(body, (offset) => ((body[offset] ?? 0) & 0xc0) === 0x80);
}

/** Offsets just after a backslash, and inside the digits of `\uXXXX`. */
function insideEscapes(body: Buffer): readonly number[] {
  const backslash = 0x5c;
  return offsetsWhere(body, (offset) => [1, 3].some((distance) => body[offset - distance] === backslash));
}

function offsetsWhere(body: Buffer, condition: (offset: number) => boolean): readonly number[] {
  const offsets: number[] = [];
  for (let offset = 1; offset < body.length; offset += 1) if (condition(offset)) offsets.push(offset);
  return offsets;
}

function randomCuts(length: number): readonly (readonly number[])[] {
  return Array.from({ length: seededCuts }, (_, seed) => {
    const random = seededRandom(seed);
    const count = 1 + Math.floor(random() * 20);
    return Array.from({ length: count }, () => 1 + Math.floor(random() * (length - 1))).sort((one, other) => one - other);
  });
}
