import { seededRandom } from '../../replay/random.js';

/** Chance that a seed repeats. */
export interface Chance {
  /** A whole number from 0 to below `bound`. */
  below(bound: number): number;
  oneOf<Choice>(choices: readonly Choice[]): Choice;
}

export function chanceOf(seed: number): Chance {
  // Neighbouring seeds would begin alike.
  const random = seededRandom(Math.imul(seed + 1, 0x9e37_79b1));
  const below = (bound: number): number => Math.floor(random() * bound);
  return { below, oneOf: <Choice>(choices: readonly Choice[]) => choices[below(choices.length)] as Choice };
}
