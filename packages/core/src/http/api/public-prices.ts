import { z } from 'zod';
import type { PublicModel, PublicPriceList } from '../../modules/price-list/index.js';
import { factsOfPrice, fieldsOfPrice } from '../../modules/price-sync/index.js';
import { defineEndpoint, type Endpoint } from './endpoint.js';
import { presentForeignPrices } from './foreign-prices.js';

/** Always the same object until something in it changes. @throws PricesNotPublishedError */
export type ReadPublicPrices = () => PublicPriceList;

const cacheSeconds = 60;

/** Other gateways read them. */
export function publicPriceEndpoints(read: ReadPublicPrices): readonly Endpoint[] {
  return [own(read), foreign(read)];
}

function own(read: ReadPublicPrices): Endpoint {
  const presented = oncePer(read, presentPrices);
  return defineEndpoint({
    method: 'GET',
    path: '/api/prices',
    title: 'The price list, before any group ratio, and the groups that anybody may use',
    permission: 'public',
    cacheSeconds,
    response: z.object({
      object: z.literal('price_list'),
      currency: z.literal('USD'),
      groupBy: z.enum(['vendor', 'type']).meta({ title: 'By what models stand together, as the setting `models.groupBy` says' }),
      vendors: z.array(z.object({ name: z.string(), icon: z.string().optional(), description: z.string().optional() })),
      groups: z
        .array(z.object({ name: z.string(), description: z.string().optional(), ratio: z.string() }))
        .meta({ title: 'Groups that a new user may use, and what calls in them cost relative to the list' }),
      autoOrder: z.array(z.string()).readonly().meta({ title: 'What a token of the group `auto` goes through' }),
      prices: z
        .custom<readonly ReturnType<typeof presentPrice>[]>()
        .meta({ title: 'Model, what it is, the groups that offer it, price fields as in an apply file, and dollars' }),
    }),
    handle: async () => presented(),
  });
}

/** The words are those of the gateways that read it. */
function foreign(read: ReadPublicPrices): Endpoint {
  const presented = oncePer(read, presentForeignPrices);
  return defineEndpoint({
    method: 'GET',
    path: '/api/pricing',
    title: 'The price list in the form that New API reads; without prices that it cannot say',
    permission: 'public',
    cacheSeconds,
    response: z.object({
      success: z.literal(true),
      data: z.custom<ReturnType<typeof presentForeignPrices>['data']>().meta({ title: 'A row for each model' }),
      vendors: z.array(z.object({ id: z.int(), name: z.string(), icon: z.string().optional(), description: z.string().optional() })),
      group_ratio: z.record(z.string(), z.number()),
      usable_group: z.record(z.string(), z.string()),
      supported_endpoint: z.object({}),
      auto_groups: z.array(z.string()).readonly(),
    }),
    handle: async () => presented(),
  });
}

/** Anybody may ask as often as limits let them, so the answer is made once for each list. */
function oncePer<Answer>(read: ReadPublicPrices, present: (list: PublicPriceList) => Answer): () => Answer {
  let known: { readonly list: PublicPriceList; readonly answer: Answer } | undefined;
  return () => {
    const list = read();
    if (known?.list !== list) known = { list, answer: present(list) };
    return known.answer;
  };
}

function presentPrices({ groupBy, vendors, groups, autoOrder, models }: PublicPriceList) {
  return {
    object: 'price_list' as const,
    currency: 'USD' as const,
    groupBy,
    vendors: vendors.map(({ name, icon, description }) => ({ name, icon, description })),
    groups: [...groups],
    autoOrder,
    prices: models.map(presentPrice),
  };
}

function presentPrice({ model, groups }: PublicModel) {
  const { name, vendor, type, icon, description, tags, capabilities, contextTokensMax, outputTokensMax, endpoints, price } = model;
  return {
    model: name,
    vendor,
    type,
    icon,
    description,
    tags,
    capabilities,
    contextTokensMax,
    outputTokensMax,
    endpoints,
    groups,
    ...(price === undefined ? {} : { ...fieldsOfPrice(price), dollars: factsOfPrice(price) }),
  };
}
