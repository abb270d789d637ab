import { characterKinds, type CharacterWeights } from '@tollgate/plugin-kit';
import { characterScale } from '../../../packages/core/src/relay/character-scale.js';

/** A text, or several, and how many tokens they really are. */
export interface CountedText {
  readonly texts: readonly string[];
  readonly tokens: number;
}

type WeightName = keyof CharacterWeights;
export const weightNames: readonly WeightName[] = ['word', ...characterKinds];

const rounds = 4_000;
const nothing = Object.fromEntries(weightNames.map((name) => [name, 0])) as CharacterWeights;
const counters = weightNames.map((name) => characterScale({ ...nothing, [name]: 1 }));

/** The weights that are never negative and have the least squared relative error: found weight by weight, which always gets there. */
export function fittedWeights(samples: readonly CountedText[]): CharacterWeights {
  const rows = samples.map(({ texts, tokens }) => counters.map(({ tokensIn }) => sum(texts.map((text) => tokensIn(text))) / tokens));
  const weights = weightNames.map(() => 0.5);
  for (let round = 0; round < rounds; round += 1) {
    for (const column of weights.keys()) {
      let above = 0;
      let below = 0;
      for (const row of rows) {
        const part = row[column] ?? 0;
        const others = sum(row.map((count, index) => (index === column ? 0 : count * (weights[index] ?? 0))));
        above += part * (1 - others);
        below += part * part;
      }
      if (below > 0) weights[column] = Math.max(0, above / below);
    }
  }
  return Object.fromEntries(
    weightNames.map((name, index) => [name, Math.round((weights[index] ?? 0) * 1_000) / 1_000]),
  ) as CharacterWeights;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
