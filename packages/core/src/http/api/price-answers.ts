import { z } from 'zod';
import {
  type AppliedPrice,
  factsOfPrice,
  type PriceDifference,
  priceSourceKinds,
  type PriceSyncRun,
} from '../../modules/price-sync/index.js';

const decimal = z.string().meta({ title: 'Decimal' });
/** By what they are for: `input`, `output above 200000` and the like per million tokens, `call`, `image` or `second` for one. */
const dollars = z.record(z.string(), decimal);
const sourceKind = z.enum(priceSourceKinds);

export const run = z.object({
  id: z.string(),
  state: z.enum(['queued', 'running', 'done']),
  scheduled: z.boolean().meta({ title: 'Begun by the schedule' }),
  startedAt: z.string(),
  finishedAt: z.string().optional(),
  appliedAt: z.string().optional().meta({ title: 'When the schedule took prices over' }),
  sourcesDone: z.int(),
  sourcesTotal: z.int(),
  sources: z.array(
    z.object({
      source: z.string(),
      kind: sourceKind,
      state: z.enum(['read', 'failed', 'left-out']),
      problem: z.string().optional(),
      prices: z.int(),
      refused: z.array(z.object({ model: z.string(), problem: z.string() })),
    }),
  ),
});

export const applied = z.object({
  applied: z.array(z.object({ model: z.string(), source: z.string(), before: dollars.optional(), after: dollars })),
});

export const difference = z.object({
  model: z.string(),
  local: z
    .object({
      dollars,
      source: z.string(),
      entry: z.string().meta({ title: 'The entry of the catalogue that has it: the name, or a pattern' }),
    })
    .optional()
    .meta({ title: 'The price in force' }),
  marks: z.array(z.string()),
  choice: z.string().optional().meta({ title: 'The source that no conflict speaks against' }),
  quotes: z.array(
    z.object({
      source: z.string(),
      kind: sourceKind,
      asOf: z.string().optional(),
      page: z.string().optional(),
      dollars,
      changes: z.boolean(),
      marks: z.array(z.string()),
    }),
  ),
});

export function presentDifference({ model, local, marks, choice: chosen, quotes }: PriceDifference) {
  return {
    model,
    ...(local === undefined ? {} : { local: { dollars: local.facts, source: local.source, entry: local.entry } }),
    marks: [...marks],
    choice: chosen,
    quotes: quotes.map((quote) => ({ ...quote, marks: [...quote.marks], dollars: quote.facts })),
  };
}

export function presentRun(given: PriceSyncRun | undefined) {
  if (given === undefined) return {};
  const { startedAt, finishedAt, appliedAt, reports, ...same } = given;
  return {
    run: {
      ...same,
      startedAt: new Date(startedAt).toISOString(),
      ...(finishedAt === undefined ? {} : { finishedAt: new Date(finishedAt).toISOString() }),
      ...(appliedAt === undefined ? {} : { appliedAt: new Date(appliedAt).toISOString() }),
      sources: reports.map(({ quotes, refused, ...report }) => ({ ...report, prices: quotes.length, refused: [...refused] })),
    },
  };
}

export function presentApplied(prices: readonly AppliedPrice[]) {
  return {
    applied: prices.map(({ model, source, before, after }) => ({
      model,
      source,
      ...(before === undefined ? {} : { before: factsOfPrice(before) }),
      after: factsOfPrice(after),
    })),
  };
}
