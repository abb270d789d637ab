import { type Decimal, type ModelPrice, type ModelPriceFields, roundedProduct } from '../pricing/index.js';

/** What a price can say, in US dollars: per million tokens, but for `call`. */
export const priceFactNames = [
  'input',
  'output',
  'cacheRead',
  'cacheWrite',
  'cacheWrite1h',
  'imageInput',
  'audioInput',
  'audioOutput',
  'call',
] as const;
export type PriceFactName = (typeof priceFactNames)[number];
export type PriceFacts = Readonly<Partial<Record<PriceFactName, Decimal>>>;

/** A millionth of a dollar per million tokens: nobody prices finer, and ratios without an end round away. */
const digits = 6;

/** The fields that say something by themselves, as the dollars that they mean; relative ones of which the base is missing say nothing. */
export function factsOfFields(fields: ModelPriceFields): PriceFacts {
  if (fields.pricePerCall !== undefined) return { call: roundedProduct(digits, fields.pricePerCall) };
  const { modelRatio } = fields;
  if (modelRatio === undefined) return {};
  const dollars = (...ratios: readonly (Decimal | undefined)[]): Decimal | undefined =>
    ratios.includes(undefined) ? undefined : roundedProduct(digits, '2', modelRatio, ...(ratios as readonly Decimal[]));
  const stated = {
    input: dollars(),
    output: dollars(fields.completionRatio),
    cacheRead: dollars(fields.cacheRatio),
    cacheWrite: dollars(fields.cacheWriteRatio),
    cacheWrite1h: dollars(fields.cacheWrite1hRatio),
    imageInput: dollars(fields.imageRatio),
    audioInput: dollars(fields.audioRatio),
    audioOutput: dollars(fields.audioRatio, fields.audioCompletionRatio),
  };
  return Object.fromEntries(Object.entries(stated).filter(([, value]) => value !== undefined));
}

export function factsOfPrice(price: ModelPrice): PriceFacts {
  return factsOfFields(fieldsOfPrice(price));
}

/** The price fields that make this price, nothing left out. */
export function fieldsOfPrice(price: ModelPrice): ModelPriceFields {
  if (price.by === 'call') return { pricePerCall: price.pricePerCall };
  const { by: _by, cacheReadRatio, cacheWrite5mRatio, ...same } = price;
  return { ...same, cacheRatio: cacheReadRatio, cacheWriteRatio: cacheWrite5mRatio };
}

/** True if both mean tokens or both mean calls. */
export function sameKind(one: PriceFacts, other: PriceFacts): boolean {
  return (one.call === undefined) === (other.call === undefined);
}

/** True if nothing that both say differs. */
export function agree(one: PriceFacts, other: PriceFacts): boolean {
  return sameKind(one, other) && bothSay(one, other).every(([a, b]) => a === b);
}

/** How many times the dearer is dearer, where they differ most; infinite between something and nothing. A hint for people, not a sum. */
export function largestFactor(one: PriceFacts, other: PriceFacts): number {
  return Math.max(1, ...bothSay(one, other).map(([a, b]) => factorOf(Number(a), Number(b))));
}

function factorOf(one: number, other: number): number {
  if (one === other) return 1;
  return Math.min(one, other) === 0 ? Number.POSITIVE_INFINITY : Math.max(one, other) / Math.min(one, other);
}

function bothSay(one: PriceFacts, other: PriceFacts): readonly (readonly [Decimal, Decimal])[] {
  return priceFactNames.flatMap((name) => {
    const a = one[name];
    const b = other[name];
    return a === undefined || b === undefined ? [] : [[a, b] as const];
  });
}
