import type { DollarsPerMillion, PublishedPrice } from '@tollgate/plugin-kit';
import { type Decimal, decimalOf, type ModelPriceFields, quotient } from '../pricing/index.js';

/**
 * A published price as the price fields of a model, in exact decimals: 2 dollars per million input tokens are the ratio 1, everything else
 * is relative to input. Undefined if it is of a kind that a model cannot have, or if input is free and the rest is not.
 * @throws RangeError if a number is none, negative or out of range
 */
export function fieldsOfPublished(price: PublishedPrice): ModelPriceFields | undefined {
  if (price.dollarsPerCall !== undefined) return { pricePerCall: decimalOf(price.dollarsPerCall) };
  return price.dollarsPerMillion === undefined ? undefined : tokenFields(price.dollarsPerMillion);
}

function tokenFields(dollars: DollarsPerMillion): ModelPriceFields | undefined {
  if (dollars.inputText === undefined) return undefined;
  const input = decimalOf(dollars.inputText);
  if (input === '0') return Object.values(dollars).every((price) => price === 0) ? { modelRatio: '0' } : undefined;
  const relative = (price: number | undefined, to: Decimal = input): Decimal | undefined =>
    price === undefined ? undefined : quotient(decimalOf(price), to);
  const audio = dollars.inputAudio;
  const stated = {
    modelRatio: quotient(input, '2'),
    completionRatio: relative(dollars.outputText),
    cacheRatio: relative(dollars.inputCacheRead),
    cacheWriteRatio: relative(dollars.inputCacheWrite5m),
    cacheWrite1hRatio: relative(dollars.inputCacheWrite1h),
    imageRatio: relative(dollars.inputImage),
    audioRatio: relative(audio),
    audioCompletionRatio: audio === undefined || audio === 0 ? undefined : relative(dollars.outputAudio, decimalOf(audio)),
  };
  return Object.fromEntries(Object.entries(stated).filter(([, value]) => value !== undefined));
}
