import type { Block, CanonicalRequest, Turn } from '../../canonical.js';
import { SeededRandom } from '../seeded-random.js';
import { features } from './features.js';

/** Characters that break code which splits, escapes or counts texts by hand. */
const trickyTexts = [
  'Grüezi 👋🏽',
  'line\nbreak\r\n',
  '"quoted" \\ back',
  ' ',
  '</think>',
  'data: x\n\n',
  '\u0000\u2028',
  '{"a":1}',
  '__proto__',
];

/** `any`: turns stand in any order, results before their calls, and may be empty; `sensible`: as conversations are. */
type Order = 'any' | 'sensible';

/** Requests that combine what a request may ask for in ways that nobody thought of: the same ones for the same seed. */
export function generatedRequests(count: number, seed: number, order: Order): readonly CanonicalRequest[] {
  const random = new SeededRandom(seed);
  return Array.from({ length: count }, () => generatedRequest(random, order));
}

function generatedRequest(random: SeededRandom, order: Order): CanonicalRequest {
  const chosen = Array.from({ length: 1 + random.below(5) }, () => random.pick(features).asked);
  const said = chosen.flatMap((request) => request.turns).map((turn) => withTrickyText(turn, random));
  const turns = order === 'any' ? shuffled(said, random).map((turn) => emptied(turn, random)) : said;
  const tools = [...new Map(chosen.flatMap((request) => request.tools ?? []).map((tool) => [tool.name, tool])).values()];
  const sampling = Object.assign({}, ...chosen.map((request) => request.sampling ?? {})) as CanonicalRequest['sampling'];
  return {
    ...(Object.assign({}, ...chosen) as CanonicalRequest),
    stream: random.chance(2),
    turns,
    ...(tools.length > 0 ? { tools } : {}),
    ...(sampling !== undefined && Object.keys(sampling).length > 0 ? { sampling } : {}),
  };
}

function withTrickyText(turn: Turn, random: SeededRandom): Turn {
  const blocks = turn.blocks.map((block): Block => {
    if (block.type !== 'text' || random.chance(2)) return block;
    return { ...block, text: random.pick(trickyTexts) };
  });
  return { ...turn, blocks };
}

function emptied(turn: Turn, random: SeededRandom): Turn {
  if (random.chance(12)) return { ...turn, blocks: [] };
  return random.chance(12) ? { ...turn, blocks: [{ type: 'text', text: '' }] } : turn;
}

function shuffled<Item>(items: readonly Item[], random: SeededRandom): readonly Item[] {
  return items
    .map((item) => ({ item, rank: random.below(1_000) }))
    .sort((left, right) => left.rank - right.rank)
    .map(({ item }) => item);
}
