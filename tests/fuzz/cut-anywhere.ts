import * as fc from 'fast-check';

/** Where a network cuts bytes: places by their share of the whole, several in one spot among them. */
export const someCuts: fc.Arbitrary<readonly number[]> = fc.oneof(
  fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }),
  // Every byte by itself.
  fc.constant([]).map(() => Array.from({ length: 401 }, (_, index) => index / 400)),
);

export function cutAt(bytes: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const places = [0, ...cuts.map((share) => Math.floor(share * bytes.length)).sort((left, right) => left - right), bytes.length];
  return places.slice(1).map((place, index) => bytes.subarray(places[index], place));
}
