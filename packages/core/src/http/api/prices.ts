import { z } from 'zod';
import type { ChangeAuthor } from '../../modules/changes/index.js';
import type { UnpricedModel } from '../../modules/models/index.js';
import { type AppliedPrice, confirmableMarks, type PriceDifference, type PriceSyncRun } from '../../modules/price-sync/index.js';
import { applied, difference, presentApplied, presentDifference, presentRun, run } from './price-answers.js';
import { defineEndpoint, type Endpoint } from './endpoint.js';
import { offeredModel } from './models.js';
import { PageCursors, pageInMemory, pageOf, pageShape } from './page.js';

/** What the endpoints about prices need. */
export interface PriceDoors {
  differences(options: { readonly everything: boolean }): Promise<readonly PriceDifference[]>;
  /** Models that channels offer and nobody has priced, and whether calls to them are refused. */
  missing(): Promise<{ readonly items: readonly UnpricedModel[]; readonly refused: boolean }>;
  queue(): Promise<PriceSyncRun | undefined>;
  latest(): Promise<PriceSyncRun | undefined>;
  apply(choices: readonly z.output<typeof choice>[], author: ChangeAuthor): Promise<readonly AppliedPrice[]>;
  applyUnopposed(source: string | undefined, author: ChangeAuthor): Promise<readonly AppliedPrice[]>;
}

const choice = z.strictObject({
  model: z.string().min(1),
  source: z.string().min(1),
  evenIf: z.array(z.enum(confirmableMarks)).default([]).meta({ title: 'Conflicts that are known and accepted' }),
});

const differenceCursors = new PageCursors('price-differences', z.tuple([z.string()]));
const missingCursors = new PageCursors('missing-prices', z.tuple([z.string()]));
const byModel = ({ model }: { readonly model: string }): [string] => [model];

export function priceEndpoints(doors: PriceDoors): readonly Endpoint[] {
  return [differences(doors), missingPrices(doors), latestRun(doors), startRun(doors), applyChoices(doors), applyAll(doors)];
}

function differences(doors: PriceDoors): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: '/api/prices/differences',
    title: 'Where prices in force differ from what channels, other gateways and adapters state, by name of the model',
    permission: 'pricing.read',
    query: z.strictObject({ ...pageShape, everything: z.enum(['true', 'false']).default('false') }),
    response: pageOf(difference),
    handle: async ({ query }) => {
      const found = await doors.differences({ everything: query.everything === 'true' });
      const { items, next } = pageInMemory(differenceCursors, query, found, byModel);
      return { items: items.map(presentDifference), next };
    },
  });
}

function missingPrices(doors: PriceDoors): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: '/api/prices/missing',
    title: 'Models that channels offer and nobody has priced, by name',
    permission: 'pricing.read',
    query: z.strictObject(pageShape),
    response: pageOf(offeredModel).extend({
      refused: z.boolean().meta({ title: 'Calls to them are refused; otherwise they are charged at the default ratio' }),
    }),
    handle: async ({ query }) => {
      const { items, refused } = await doors.missing();
      return { ...pageInMemory(missingCursors, query, items, byModel), refused };
    },
  });
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
    permission: 'pricing.sync',
    response: z.object({ run: run.optional() }),
    handle: async () => presentRun(await doors.queue()),
  });
}

function applyChoices(doors: PriceDoors): Endpoint {
  return defineEndpoint({
    method: 'POST',
    path: '/api/prices/apply',
    title: 'Take the chosen prices over, all or none',
    permission: 'pricing.sync',
    body: z.strictObject({ choices: z.array(choice).min(1).max(10_000) }),
    response: applied,
    handle: async ({ body, author }) => presentApplied(await doors.apply(body.choices, author)),
  });
}

function applyAll(doors: PriceDoors): Endpoint {
  return defineEndpoint({
    method: 'POST',
    path: '/api/prices/apply-unopposed',
    title: 'Take over every price that no conflict speaks against; never one that was set by hand',
    permission: 'pricing.sync',
    body: z.strictObject({ source: z.string().optional().meta({ title: 'Only what this source states' }) }),
    response: applied,
    handle: async ({ body, author }) => presentApplied(await doors.applyUnopposed(body.source, author)),
  });
}
