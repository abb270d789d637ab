import { z } from 'zod';
import { decimalOf, multiply, scaledDecimal } from './decimal.js';
import type { Decimal, ModelPrice } from './rate.js';

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

/** The price fields of a model, as apply files and the management API take them. Combine with {@link modelPriceOf}. */
export const modelPriceShape = {
  modelRatio: ratio('Input price; 1 = 2 US dollars per million tokens'),
  completionRatio: ratio('Output relative to input; 1 if left out'),
  cacheRatio: ratio('Cached input relative to input; 1 if left out'),
  cacheWriteRatio: ratio('Input written to a five-minute cache, relative to input; 1.25 if left out'),
  cacheWrite1hRatio: ratio('Input written to a one-hour cache, relative to input; 1.6 times the five-minute ratio if left out'),
  imageRatio: ratio('Image input relative to input; 1 if left out'),
  audioRatio: ratio('Audio input relative to input; 1 if left out'),
  audioCompletionRatio: ratio('Audio output relative to audio input; 1 if left out'),
  pricePerCall: ratio('Price of one call in US dollars, instead of ratios'),
};

export type ModelPriceFields = { readonly [Field in keyof typeof modelPriceShape]?: Decimal | undefined };

/**
 * The price that the fields state; undefined if they state none.
 * @throws RangeError if they contradict each other: a price per call beside ratios, or ratios without `modelRatio`.
 */
export function modelPriceOf(fields: ModelPriceFields): ModelPrice | undefined {
  const { modelRatio, pricePerCall } = fields;
  const given = Object.keys(modelPriceShape).filter((name) => fields[name as keyof ModelPriceFields] !== undefined);
  if (pricePerCall !== undefined) {
    const other = given.find((name) => name !== 'pricePerCall');
    if (other !== undefined)
      throw new RangeError(`pricePerCall and ${other} exclude each other: price the model either by call or by tokens.`);
    return { by: 'call', pricePerCall };
  }
  if (modelRatio !== undefined) return tokenPriceOf(fields, modelRatio);
  if (given.length > 0) throw new RangeError(`${given[0]} says nothing without modelRatio.`);
  return undefined;
}

function tokenPriceOf(fields: ModelPriceFields, modelRatio: Decimal): ModelPrice {
  const cacheWrite5mRatio = fields.cacheWriteRatio ?? '1.25';
  return {
    by: 'tokens',
    modelRatio,
    completionRatio: fields.completionRatio ?? '1',
    cacheReadRatio: fields.cacheRatio ?? '1',
    cacheWrite5mRatio,
    cacheWrite1hRatio: fields.cacheWrite1hRatio ?? oneHourRatio(cacheWrite5mRatio),
    imageRatio: fields.imageRatio ?? '1',
    audioRatio: fields.audioRatio ?? '1',
    audioCompletionRatio: fields.audioCompletionRatio ?? '1',
  };
}

/** Vendors that sell both lifetimes price the hour at 2 where they price five minutes at 1.25. */
function oneHourRatio(cacheWrite5mRatio: Decimal): Decimal {
  const { coefficient, digits } = multiply(scaledDecimal(cacheWrite5mRatio), { coefficient: 16n, digits: 1 });
  const text = String(coefficient).padStart(digits + 1, '0');
  return decimalOf(`${text.slice(0, -digits)}.${text.slice(-digits)}`);
}
