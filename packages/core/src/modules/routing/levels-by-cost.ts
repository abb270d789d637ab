import { type CandidateLevel, type CandidateList, candidateListOf } from '../channels/index.js';

const byList = new WeakMap<CandidateList, readonly CandidateLevel[]>();

/** The levels of a list, each cut into what costs the same, the cheapest first. Made once for each list. */
export function levelsByCost(list: CandidateList): readonly CandidateLevel[] {
  let levels = byList.get(list);
  if (levels === undefined) {
    levels = list.levels.flatMap(cutByCost);
    byList.set(list, levels);
  }
  return levels;
}

function cutByCost({ channels }: CandidateLevel): readonly CandidateLevel[] {
  const costs = [...new Set(channels.map(({ options }) => Number(options.costRatio)))].sort((one, other) => one - other);
  return costs.flatMap((cost) => candidateListOf(channels.filter(({ options }) => Number(options.costRatio) === cost)).levels);
}
