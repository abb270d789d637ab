import { z } from 'zod';
import { foldedText } from '../../foundation/folded-text.js';
import {
  type EffectiveModel,
  matchOf,
  type Model,
  ModelCatalogue,
  modelChangeSchema,
  type ModelDesk,
  ModelEntryNotFoundError,
  modelFactShape,
  modelMatches,
  modelNameSchema,
  modelTypes,
  type OfferedModelName,
} from '../../modules/models/index.js';
import { factsOfPrice, fieldsOfPrice } from '../../modules/price-sync/index.js';
import { defineEndpoint, type Endpoint } from './endpoint.js';
import { PageCursors, pageInMemory, pageOf, pageShape } from './page.js';

export interface ModelDoors {
  readonly desk: ModelDesk;
  /** Every entry of the catalogue as it is stored, by name. */
  models(): Promise<readonly Model[]>;
  /** What channels offer and no entry says anything of. */
  unknown(): Promise<readonly OfferedModelName[]>;
}

const batchMax = 1_000;
const text = z.string().min(1).max(255);
const params = z.strictObject({ name: text });
const cursors = new PageCursors('models', z.tuple([z.union([z.string(), z.int()]), z.string()]));
const unknownCursors = new PageCursors('unknown-models', z.tuple([z.string()]));
const orders = ['name', 'vendor', 'type', 'createdAt'] as const;

/** A model that channels offer. */
export const offeredModel = z.object({
  model: z.string(),
  channels: z.array(z.string()).readonly(),
  groups: z.array(z.string()).readonly(),
});

const model = z
  .object({
    name: z.string(),
    match: z.enum(modelMatches).meta({ title: 'Which names it speaks for' }),
    enabled: z.boolean().meta({ title: 'Whether its name is served; of a pattern, its names, unless another entry says more of them' }),
    enabledBy: z.string().optional().meta({ title: 'The entry that says so: this one, or a pattern; left out: none does' }),
    ...modelFactShape,
    settlement: z.record(z.string(), z.string()).optional(),
    price: z.record(z.string(), z.unknown()).optional().meta({ title: 'The price fields of this entry, nothing left out' }),
    dollars: z.record(z.string(), z.string()).readonly().optional().meta({ title: 'What the price comes to in US dollars' }),
    priceSource: z.enum(['preset', 'synced', 'manual']).optional(),
    pricedBy: z.string().optional().meta({ title: 'The entry whose price is in force: this one, or a pattern; left out: none has one' }),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Model' });

const filterShape = {
  search: text.optional().meta({ title: 'A part of the name, the description or a tag' }),
  vendor: text.optional(),
  type: z.enum(modelTypes).optional(),
  enabled: z.enum(['true', 'false']).optional(),
  priced: z.enum(['true', 'false']).optional(),
};
const filter = z.strictObject(filterShape);

export function modelEndpoints(doors: ModelDoors): readonly Endpoint[] {
  return [list(doors), unknown(doors), one(doors), create(doors), change(doors), remove(doors), changeMany(doors)];
}

function list(doors: ModelDoors): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: '/api/models',
    title: 'The entries of the catalogue of models',
    permission: 'pricing.read',
    query: z.strictObject({
      ...pageShape,
      ...filterShape,
      sort: z.enum(orders).default('name').meta({ title: 'Entries without a vendor or a type come first' }),
      order: z.enum(['asc', 'desc']).default('asc'),
    }),
    response: pageOf(model),
    handle: async ({ query }) => {
      const entries = await doors.models();
      const catalogue = new ModelCatalogue(entries);
      const found = entries.filter((entry) => fits(entry, inForce(entry, catalogue), query));
      const placeOf = (entry: Model): [string | number, string] => [entry[query.sort] ?? '', entry.name];
      const { items, next } = pageInMemory(cursors, query, found, placeOf, query.order === 'desc');
      return { items: items.map((entry) => presentModel(entry, catalogue)), next };
    },
  });
}

function unknown(doors: ModelDoors): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: '/api/models/unknown',
    title: 'Models that channels offer and of which the catalogue says nothing, by name',
    permission: 'pricing.read',
    query: z.strictObject(pageShape),
    response: pageOf(offeredModel),
    handle: async ({ query }) => pageInMemory(unknownCursors, query, await doors.unknown(), (found) => [found.model]),
  });
}

function one(doors: ModelDoors): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: '/api/models/entries/:name',
    title: 'One entry of the catalogue',
    permission: 'pricing.read',
    params,
    response: model,
    handle: async ({ params: { name } }) => {
      const entries = await doors.models();
      const found = entries.find((entry) => entry.name === name);
      if (found === undefined) throw new ModelEntryNotFoundError(name);
      return presentModel(found, new ModelCatalogue(entries));
    },
  });
}

function create(doors: ModelDoors): Endpoint {
  return defineEndpoint({
    method: 'POST',
    path: '/api/models',
    title: 'A new entry of the catalogue, for a name or for a pattern of names',
    permission: 'pricing.write',
    body: modelChangeSchema.safeExtend({ name: modelNameSchema }),
    response: model,
    status: 201,
    handle: async ({ author, body: { name, ...stated } }) => presentChanged(doors, await doors.desk.create(author, name, stated)),
  });
}

function change(doors: ModelDoors): Endpoint {
  return defineEndpoint({
    method: 'PATCH',
    path: '/api/models/entries/:name',
    title: 'Change the fields that are named; null takes one away',
    permission: 'pricing.write',
    params,
    body: modelChangeSchema,
    response: model,
    handle: async ({ author, params: { name }, body }) => presentChanged(doors, await doors.desk.change(author, name, body)),
  });
}

function remove(doors: ModelDoors): Endpoint {
  return defineEndpoint({
    method: 'DELETE',
    path: '/api/models/entries/:name',
    title: 'Remove an entry; patterns may speak for its name from then on',
    permission: 'pricing.write',
    params,
    response: z.object({ name: z.string() }),
    handle: async ({ author, params: { name } }) => {
      await doors.desk.remove(author, name);
      return { name };
    },
  });
}

function changeMany(doors: ModelDoors): Endpoint {
  return defineEndpoint({
    method: 'POST',
    path: '/api/model-batch',
    title: 'The same change for many models, all or none: prices, whether they are enabled, facts; names without an entry get one',
    permission: 'pricing.write',
    body: z.strictObject({ models: z.array(modelNameSchema).min(1).max(batchMax), change: modelChangeSchema }),
    response: z.object({ models: z.array(model).readonly() }),
    handle: async ({ author, body }) => {
      const changed = await doors.desk.changeMany(author, body.models, body.change);
      const catalogue = new ModelCatalogue(await doors.models());
      return { models: changed.map((entry) => presentModel(entry, catalogue)) };
    },
  });
}

/** What counts of an entry: what it says itself, unless another goes before it. */
function inForce(entry: Model, catalogue: ModelCatalogue): Pick<EffectiveModel, 'enabled' | 'enabledBy' | 'price' | 'pricedBy'> {
  // Somebody may have removed it since it was read.
  return catalogue.find(entry.name) ?? { enabled: true, ...entry };
}

function fits(
  entry: Model,
  { enabled: isEnabled, price }: Pick<EffectiveModel, 'enabled' | 'price'>,
  { search, vendor, type, enabled, priced }: z.output<typeof filter>,
): boolean {
  const texts = [entry.name, entry.description ?? '', ...(entry.tags ?? [])];
  return (
    (search === undefined || texts.some((each) => foldedText(each).includes(foldedText(search)))) &&
    (vendor === undefined || entry.vendor === vendor) &&
    (type === undefined || entry.type === type) &&
    (enabled === undefined || String(isEnabled) === enabled) &&
    (priced === undefined || String(price !== undefined) === priced)
  );
}

async function presentChanged(doors: ModelDoors, entry: Model): Promise<z.input<typeof model>> {
  return presentModel(entry, new ModelCatalogue(await doors.models()));
}

function presentModel(entry: Model, catalogue: ModelCatalogue): z.input<typeof model> {
  const { id: _id, price, createdAt, tags, capabilities, endpoints, settlement, ...facts } = entry;
  const { enabled, enabledBy, pricedBy } = inForce(entry, catalogue);
  return {
    ...facts,
    enabled,
    ...(enabledBy === undefined ? {} : { enabledBy }),
    ...(pricedBy === undefined ? {} : { pricedBy }),
    match: matchOf(facts.name).match,
    ...(tags === undefined ? {} : { tags: [...tags] }),
    ...(capabilities === undefined ? {} : { capabilities: [...capabilities] }),
    ...(endpoints === undefined ? {} : { endpoints: [...endpoints] }),
    ...(settlement === undefined ? {} : { settlement: { ...settlement } }),
    ...(price === undefined ? {} : { price: { ...fieldsOfPrice(price) }, dollars: factsOfPrice(price) }),
    createdAt: new Date(createdAt).toISOString(),
  };
}
