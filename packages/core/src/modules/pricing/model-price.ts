import { toolFees } from '@tollgate/plugin-kit';
import { z } from 'zod';
import { decimalOf, multiply, scaledDecimal } from './decimal.js';
import { isTimeZone } from './price-window.js';
import type { Decimal, ModelPrice, PriceTier, PriceWindow, TokenRatios } from './rate.js';

/** A decimal as operators write it: a number or text, zero or more. Parsed to {@link Decimal} text. */
export const decimalSchema = z
  .union([z.number(), z.string()], { error: 'Expected a decimal number of zero or more.' })
  .transform((value, context): Decimal => {
    try {
      return decimalOf(value);
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as RangeError).message });
      return z.NEVER;
    }
  });

const ratio = (title: string) => decimalSchema.optional().meta({ title });
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Use a time such as 08:30.');
const label = z.string().min(1).max(64);

const ratioShape = {
  modelRatio: ratio('Input price; 1 = 2 US dollars per million tokens'),
  completionRatio: ratio('Output relative to input; 1 if left out'),
  cacheRatio: ratio('Cached input relative to input; 1 if left out'),
  cacheWriteRatio: ratio('Input written to a five-minute cache, relative to input; 1.25 if left out'),
  cacheWrite1hRatio: ratio('Input written to a one-hour cache, relative to input; 1.6 times the five-minute ratio if left out'),
  imageRatio: ratio('Image input relative to input; 1 if left out'),
  imageCompletionRatio: ratio('Image output relative to input; the completion ratio if left out'),
  audioRatio: ratio('Audio input relative to input; 1 if left out'),
  audioCompletionRatio: ratio('Audio output relative to audio input; 1 if left out'),
};

export const imagePricesSchema = z.array(
  z.strictObject({ size: label.optional(), quality: label.optional(), price: decimalSchema.meta({ title: 'US dollars for one image' }) }),
);

const tiers = z
  .array(z.strictObject({ inputTokensAbove: z.int().positive(), ...ratioShape }))
  .min(1)
  .optional()
  .meta({ title: 'Other ratios for calls with more input; what is left out is as without the tier' });

const windows = z
  .array(
    z.strictObject({
      timeZone: z.string().refine(isTimeZone, 'Use the name of a time zone, such as Asia/Shanghai.').default('UTC'),
      days: z.array(z.int().min(1).max(7)).min(1).optional().meta({ title: '1 = Monday to 7 = Sunday; every day if left out' }),
      from: timeOfDay,
      until: timeOfDay,
      factor: decimalSchema.meta({ title: 'What the price is multiplied by' }),
    }),
  )
  .min(1)
  .optional()
  .meta({ title: 'Hours at which the price is another; the first that holds at the start of a call counts' });

/** The price fields of a model, as apply files and the management API take them. Combine with {@link modelPriceOf}. */
export const modelPriceShape = {
  ...ratioShape,
  pricePerCall: ratio('Price of one call in US dollars; wins over ratios'),
  pricePerSearch: ratio('Price of one search unit of reranking in US dollars: one query with up to a hundred documents'),
  imagePrices: imagePricesSchema.min(1).optional().meta({ title: 'Prices of images by size and quality, instead of ratios' }),
  secondPrices: z
    .array(z.strictObject({ resolution: label.optional(), price: decimalSchema.meta({ title: 'US dollars for one second' }) }))
    .min(1)
    .optional()
    .meta({ title: 'Prices of seconds of audio or video by resolution, instead of ratios' }),
  tiers,
  windows,
  toolFees: z
    .partialRecord(z.enum(toolFees), decimalSchema)
    .optional()
    .meta({ title: "US dollars for a thousand uses of the vendor's own tools; pricing.toolFees if left out" }),
  toolImages: imagePricesSchema
    .optional()
    .meta({ title: 'Prices of images that a tool makes beside the answer; pricing.toolImages if left out' }),
};

type Shape = typeof modelPriceShape;
/** `undefined` counts as left out. */
export type ModelPriceFields = { readonly [Field in keyof Shape]?: z.output<Shape[Field]> | undefined };
type RatioFields = { readonly [Field in keyof typeof ratioShape]?: Decimal | undefined };

const ratioFields = Object.keys(ratioShape) as (keyof typeof ratioShape)[];

/**
 * The price that the fields state; undefined if they state none. A price per call beside ratios wins and is marked as a conflict.
 * @throws RangeError if they contradict each other otherwise, or ratios lack `modelRatio`.
 */
export function modelPriceOf(fields: ModelPriceFields): ModelPrice | undefined {
  const kind = kindOf(fields);
  if (kind === undefined) return undefined;
  return { ...kind, ...extrasOf(fields) };
}

function kindOf(fields: ModelPriceFields): ModelPrice | undefined {
  const ratios = [...ratioFields, 'tiers' as const].filter((name) => fields[name] !== undefined);
  const { pricePerCall, pricePerSearch, imagePrices, secondPrices, modelRatio } = fields;
  const others = (['pricePerCall', 'pricePerSearch', 'imagePrices', 'secondPrices'] as const).filter((name) => fields[name] !== undefined);
  if (others.length > 1) throw new RangeError(`${others[0]} and ${others[1]} exclude each other: price the model by one of them.`);
  if (pricePerCall !== undefined) return { by: 'call', pricePerCall, ...(ratios.length === 0 ? {} : { conflict: true }) };
  if (others[0] !== undefined && ratios[0] !== undefined)
    throw new RangeError(`${others[0]} and ${ratios[0]} exclude each other: price the model by one of them.`);
  if (pricePerSearch !== undefined) return { by: 'search', pricePerSearch };
  if (imagePrices !== undefined) return { by: 'image', images: imagePrices.map(withoutUndefined) };
  if (secondPrices !== undefined) return { by: 'second', seconds: secondPrices.map(withoutUndefined) };
  if (modelRatio !== undefined) return tokenPriceOf(fields, modelRatio);
  const [alone] = [...ratios, ...(['windows', 'toolFees', 'toolImages'] as const).filter((name) => fields[name] !== undefined)];
  if (alone !== undefined) throw new RangeError(`${alone} says nothing without modelRatio.`);
  return undefined;
}

function tokenPriceOf(fields: ModelPriceFields, modelRatio: Decimal): ModelPrice {
  const base = ratiosOf(fields, modelRatio);
  const tierList = (fields.tiers ?? []).map((tier): PriceTier => {
    const { inputTokensAbove, ...stated } = tier;
    const known: RatioFields = { ...fields, ...withoutUndefined(stated) };
    return { inputTokensAbove, ...ratiosOf(known, known.modelRatio ?? modelRatio) };
  });
  tierList.sort((one, other) => one.inputTokensAbove - other.inputTokensAbove);
  return { by: 'tokens', ...base, ...(tierList.length === 0 ? {} : { tiers: tierList }) };
}

function ratiosOf(fields: RatioFields, modelRatio: Decimal): TokenRatios {
  const cacheWrite5mRatio = fields.cacheWriteRatio ?? '1.25';
  const completionRatio = fields.completionRatio ?? '1';
  return {
    modelRatio,
    completionRatio,
    cacheReadRatio: fields.cacheRatio ?? '1',
    cacheWrite5mRatio,
    cacheWrite1hRatio: fields.cacheWrite1hRatio ?? product(cacheWrite5mRatio, '1.6'),
    imageRatio: fields.imageRatio ?? '1',
    imageCompletionRatio: fields.imageCompletionRatio ?? completionRatio,
    audioRatio: fields.audioRatio ?? '1',
    audioCompletionRatio: fields.audioCompletionRatio ?? '1',
  };
}

function extrasOf({
  toolFees: fees,
  toolImages,
  windows: hours,
}: ModelPriceFields): Pick<ModelPrice, 'toolFees' | 'toolImages' | 'windows'> {
  return {
    ...(fees === undefined ? {} : { toolFees: withoutUndefined(fees) }),
    ...(toolImages === undefined ? {} : { toolImages: toolImages.map(withoutUndefined) }),
    ...(hours === undefined ? {} : { windows: hours.map((window): PriceWindow => withoutUndefined(window)) }),
  };
}

type Defined<Value> = { [Key in keyof Value]: Exclude<Value[Key], undefined> };

function withoutUndefined<Value extends object>(value: Value): Defined<Value> {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as Defined<Value>;
}

/** Vendors that sell both lifetimes price the hour at 2 where they price five minutes at 1.25: 1.6 times as much. */
export function product(...factors: readonly Decimal[]): Decimal {
  const { coefficient, digits } = multiply(...factors.map(scaledDecimal));
  const text = String(coefficient).padStart(digits + 1, '0');
  return decimalOf(digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`);
}
