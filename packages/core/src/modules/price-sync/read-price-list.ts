import { z } from 'zod';
import { fieldsOfPublished } from './published-price.js';
import type { QuotedPrices } from './price-quote.js';
import { UnreadablePricesError } from './price-sync-errors.js';
import { QuoteCollector } from './quoted-fields.js';
import type { PublishedPrice } from '@tollgate/plugin-kit';

type Row = Readonly<Record<string, unknown>>;

const rowsMax = 20_000;
const row = z.record(z.string(), z.unknown());
const rows = z.array(z.unknown());
const map = z.record(z.string(), z.unknown());

/** Our own public list, and apply files as JSON: rows that name the model and have its price fields. */
const ownList = z.object({ object: z.literal('price_list'), prices: rows });
const applyFile = z.object({ models: rows });
/** What New API answers at `/api/pricing`. */
const pricingAnswer = z.object({ data: z.array(z.looseObject({ model_name: z.unknown() })) });
/** What New API answers at `/api/ratio_config`: a map from model to number for each kind of ratio. */
const ratioMaps = z.looseObject({ model_ratio: map.optional(), model_price: map.optional() });

/** Names of the kinds of ratio at New API → ours. */
const fieldsOfRatioNames: Readonly<Record<string, string>> = {
  model_ratio: 'modelRatio',
  completion_ratio: 'completionRatio',
  cache_ratio: 'cacheRatio',
  create_cache_ratio: 'cacheWriteRatio',
  image_ratio: 'imageRatio',
  audio_ratio: 'audioRatio',
  audio_completion_ratio: 'audioCompletionRatio',
};

/**
 * Reads a list of prices in any form that gateways publish. It is untrusted: what a price cannot be is refused by the model's name.
 * @throws UnreadablePricesError if it is no list of prices at all, or an endless one
 */
export function readPriceList(body: unknown): QuotedPrices {
  const collector = new QuoteCollector();
  const own = ownList.safeParse(body);
  if (own.success) return readRows(collector, own.data.prices);
  const pricing = pricingAnswer.safeParse(body);
  if (pricing.success) return readPricing(collector, pricing.data.data);
  const config = ratioConfigIn(body);
  if (config !== undefined) return readRatioConfig(collector, config);
  const applied = applyFile.safeParse(body);
  if (applied.success) return readRows(collector, applied.data.models);
  const plain = plainMapIn(body);
  if (plain === undefined) throw new UnreadablePricesError('The answer is no list of prices that the gateway can read.');
  checkLength(Object.keys(plain).length);
  for (const [model, stated] of Object.entries(plain)) collector.add(model, stated);
  return collector;
}

/** What a vendor's own list of models states. @throws UnreadablePricesError for an endless one */
export function readPublished(models: readonly { readonly id: string; readonly price?: PublishedPrice }[]): QuotedPrices {
  checkLength(models.length);
  const collector = new QuoteCollector();
  for (const { id, price } of models) {
    if (price === undefined) continue;
    try {
      collector.add(id, { ...fieldsOfPublished(price) });
    } catch (error) {
      collector.refuse(id, error instanceof Error ? error.message : String(error));
    }
  }
  return collector;
}

function readRows(collector: QuoteCollector, stated: readonly unknown[]): QuotedPrices {
  checkLength(stated.length);
  for (const one of stated) {
    const parsed = row.safeParse(one);
    if (parsed.success) collector.add(parsed.data['model'] ?? parsed.data['name'], parsed.data);
    else collector.refuse(one, 'The row is no object.');
  }
  return collector;
}

function readPricing(collector: QuoteCollector, stated: readonly Row[]): QuotedPrices {
  checkLength(stated.length);
  for (const one of stated) {
    const expression = one['billing_mode'] === 'tiered_expr';
    if (expression) collector.refuse(one['model_name'], 'The source prices this model by a formula, which only it can compute.');
    else if (one['quota_type'] === 1) collector.add(one['model_name'], { pricePerCall: one['model_price'] });
    else collector.add(one['model_name'], renamed(one));
  }
  return collector;
}

function renamed(stated: Row): Row {
  return Object.fromEntries(Object.entries(fieldsOfRatioNames).map(([theirs, ours]) => [ours, stated[theirs]]));
}

function ratioConfigIn(body: unknown): Row | undefined {
  const data = row.safeParse(body).data?.['data'];
  for (const candidate of [data, body]) {
    const parsed = ratioMaps.safeParse(candidate);
    if (parsed.success && (parsed.data.model_ratio !== undefined || parsed.data.model_price !== undefined)) return parsed.data;
  }
  return undefined;
}

/** A price per call wins over ratios there, and ratios without a model ratio say nothing. */
function readRatioConfig(collector: QuoteCollector, config: Row): QuotedPrices {
  const perCall = map.safeParse(config['model_price']).data ?? {};
  const modelRatios = map.safeParse(config['model_ratio']).data ?? {};
  checkLength(Object.keys(perCall).length + Object.keys(modelRatios).length);
  for (const [model, price] of Object.entries(perCall)) collector.add(model, { pricePerCall: price });
  const maps = Object.entries(fieldsOfRatioNames).map(([theirs, ours]) => [ours, map.safeParse(config[theirs]).data ?? {}] as const);
  for (const model of Object.keys(modelRatios)) {
    if (Object.hasOwn(perCall, model)) continue;
    collector.add(
      model,
      Object.fromEntries(maps.flatMap(([field, ratios]) => (Object.hasOwn(ratios, model) ? [[field, ratios[model]]] : []))),
    );
  }
  return collector;
}

/** `{ "gpt-4o": { "modelRatio": 1.25 } }`: every value an object, and at least one with a price. */
function plainMapIn(body: unknown): Readonly<Record<string, Row>> | undefined {
  const parsed = z.record(z.string(), row).safeParse(body);
  if (!parsed.success) return undefined;
  const priced = Object.values(parsed.data).some((stated) => Object.hasOwn(stated, 'modelRatio') || Object.hasOwn(stated, 'pricePerCall'));
  return priced ? parsed.data : undefined;
}

function checkLength(length: number): void {
  if (length > rowsMax) throw new UnreadablePricesError(`The list has ${length} rows; at most ${rowsMax} are read.`);
}
