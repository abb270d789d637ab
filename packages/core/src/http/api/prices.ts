import { z } from 'zod';
import type { Model } from '../../modules/models/index.js';
import {
  type AppliedPrice,
  confirmableMarks,
  factsOfPrice,
  fieldsOfPrice,
  type PriceDifference,
  priceSourceKinds,
  type PriceSyncRun,
} from '../../modules/price-sync/index.js';
import { defineEndpoint, type Endpoint } from './endpoint.js';

const decimal = z.string().meta({ title: 'Decimal' });
/** By what they are for: `input`, `output above 200000` and the like per million tokens, `call`, `image` or `second` for one. */
const dollars = z.record(z.string(), decimal);
const sourceKind = z.enum(priceSourceKinds);

/** What the endpoints about prices need. */
export interface PriceDoors {
  /** Models that anybody may know the price of; always the same array until prices change. */
  publicModels(): readonly Model[];
  differences(options: { readonly everything: boolean }): Promise<readonly PriceDifference[]>;
  queue(): Promise<PriceSyncRun | undefined>;
  latest(): Promise<PriceSyncRun | undefined>;
  apply(choices: readonly z.output<typeof choice>[]): Promise<readonly AppliedPrice[]>;
  applyUnopposed(source?: string): Promise<readonly AppliedPrice[]>;
}

const choice = z.strictObject({
  model: z.string().min(1),
  source: z.string().min(1),
  evenIf: z.array(z.enum(confirmableMarks)).default([]).meta({ title: 'Conflicts that are known and accepted' }),
});

const run = z.object({
  id: z.string(),
  state: z.enum(['queued', 'running', 'done']),
  startedAt: z.string(),
  finishedAt: z.string().optional(),
  sourcesDone: z.int(),
  sourcesTotal: z.int(),
  sources: z.array(
    z.object({
      source: z.string(),
      kind: sourceKind,
      state: z.enum(['read', 'failed']),
      problem: z.string().optional(),
      prices: z.int(),
      refused: z.array(z.object({ model: z.string(), problem: z.string() })),
    }),
  ),
});

const applied = z.object({
  applied: z.array(z.object({ model: z.string(), source: z.string(), before: dollars.optional(), after: dollars })),
});

const difference = z.object({
  model: z.string(),
  local: z.object({ dollars, source: z.string() }).optional(),
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

export function priceEndpoints(doors: PriceDoors): readonly Endpoint[] {
  return [publicPrices(doors), differences(doors), latestRun(doors), startRun(doors), applyChoices(doors), applyAll(doors)];
}

/** Other gateways read it: the price fields of an apply file, and the same in dollars. */
function publicPrices(doors: PriceDoors): Endpoint {
  let listed: { readonly models: readonly Model[]; readonly prices: ReturnType<typeof publicPrice>[] } | undefined;
  return defineEndpoint({
    method: 'GET',
    path: '/api/prices',
    title: 'The price list, before any group ratio',
    permission: 'public',
    cacheSeconds: 60,
    response: z.object({
      object: z.literal('price_list'),
      currency: z.literal('USD'),
      prices: z.custom<readonly ReturnType<typeof publicPrice>[]>().meta({ title: 'Model, price fields, and dollars' }),
    }),
    handle: async () => {
      const models = doors.publicModels();
      if (listed?.models !== models) listed = { models, prices: models.map(publicPrice) };
      return { object: 'price_list' as const, currency: 'USD' as const, prices: listed.prices };
    },
  });
}

function publicPrice({ name, price }: Model) {
  return price === undefined ? { model: name } : { model: name, ...fieldsOfPrice(price), dollars: factsOfPrice(price) };
}

function differences(doors: PriceDoors): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: '/api/prices/differences',
    title: 'Where prices in force differ from what channels, other gateways and adapters state',
    permission: 'pricing.read',
    query: z.strictObject({ everything: z.enum(['true', 'false']).default('false') }),
    response: z.object({ differences: z.array(difference) }),
    handle: async ({ query }) => {
      const found = await doors.differences({ everything: query.everything === 'true' });
      return { differences: found.map(presentDifference) };
    },
  });
}

function presentDifference({ model, local, marks, choice: chosen, quotes }: PriceDifference) {
  return {
    model,
    ...(local === undefined ? {} : { local: { dollars: local.facts, source: local.source } }),
    marks: [...marks],
    choice: chosen,
    quotes: quotes.map((quote) => ({ ...quote, marks: [...quote.marks], dollars: quote.facts })),
  };
}

function latestRun(doors: PriceDoors): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: '/api/prices/sync',
    title: 'How far the newest price sync is, and what each source said',
    permission: 'pricing.read',
    response: z.object({ run: run.optional() }),
    handle: async () => presentRun(await doors.latest()),
  });
}

function startRun(doors: PriceDoors): Endpoint {
  return defineEndpoint({
    method: 'POST',
    path: '/api/prices/sync',
    title: 'Ask every source for prices, in the background; changes no price',
    permission: 'pricing.write',
    response: z.object({ run: run.optional() }),
    handle: async () => presentRun(await doors.queue()),
  });
}

function presentRun(given: PriceSyncRun | undefined) {
  if (given === undefined) return {};
  const { startedAt, finishedAt, reports, ...same } = given;
  return {
    run: {
      ...same,
      startedAt: new Date(startedAt).toISOString(),
      ...(finishedAt === undefined ? {} : { finishedAt: new Date(finishedAt).toISOString() }),
      sources: reports.map(({ quotes, refused, ...report }) => ({ ...report, prices: quotes.length, refused: [...refused] })),
    },
  };
}

function applyChoices(doors: PriceDoors): Endpoint {
  return defineEndpoint({
    method: 'POST',
    path: '/api/prices/apply',
    title: 'Take the chosen prices over, all or none',
    permission: 'pricing.write',
    body: z.strictObject({ choices: z.array(choice).min(1).max(10_000) }),
    response: applied,
    handle: async ({ body }) => presentApplied(await doors.apply(body.choices)),
  });
}

function applyAll(doors: PriceDoors): Endpoint {
  return defineEndpoint({
    method: 'POST',
    path: '/api/prices/apply-unopposed',
    title: 'Take over every price that no conflict speaks against; never one that was set by hand',
    permission: 'pricing.write',
    body: z.strictObject({ source: z.string().optional().meta({ title: 'Only what this source states' }) }),
    response: applied,
    handle: async ({ body }) => presentApplied(await doors.applyUnopposed(body.source)),
  });
}

function presentApplied(prices: readonly AppliedPrice[]) {
  return {
    applied: prices.map(({ model, source, before, after }) => ({
      model,
      source,
      ...(before === undefined ? {} : { before: factsOfPrice(before) }),
      after: factsOfPrice(after),
    })),
  };
}
