import type { ToolFee } from '@tollgate/plugin-kit';
import { type Decimal, type ModelPrice, type ModelPriceFields, roundedProduct } from '../pricing/index.js';

/**
 * What a price says, in US dollars, by what it is for: `input`, `output` and the like per million tokens (`output above 200000` for longer
 * calls), `call`, `search`, `image` and `second` for one (`image 1024x1792 hd`, `second 4k`), `1000 webSearch` for so many uses, and
 * `from 01:00 until 04:00 UTC`, a factor.
 */
export type PriceFacts = Readonly<Record<string, Decimal>>;

export type PriceKind = 'tokens' | 'call' | 'search' | 'image' | 'second' | 'none';

type Ratios = Pick<
  ModelPriceFields,
  | 'modelRatio'
  | 'completionRatio'
  | 'cacheRatio'
  | 'cacheWriteRatio'
  | 'cacheWrite1hRatio'
  | 'imageRatio'
  | 'imageCompletionRatio'
  | 'audioRatio'
  | 'audioCompletionRatio'
>;

/** A millionth of a dollar per million tokens: nobody prices finer, and ratios without an end round away. */
const digits = 6;
/** Seconds and single images are cheap. */
const unitDigits = 9;

/** The fields that say something by themselves; a relative one of which the base is missing says nothing. */
export function factsOfFields(fields: ModelPriceFields): PriceFacts {
  const { pricePerCall, pricePerSearch, imagePrices = [], secondPrices = [], tiers = [], windows = [], toolFees = {} } = fields;
  return Object.fromEntries([
    ...(pricePerCall === undefined ? tokenFacts(fields, '') : [['call', unit(pricePerCall)] as const]),
    ...(pricePerCall === undefined ? tiers : []).flatMap(({ inputTokensAbove, ...stated }) =>
      tokenFacts({ ...fields, ...withoutUndefined(stated) }, ` above ${inputTokensAbove}`),
    ),
    ...(pricePerSearch === undefined ? [] : [['search', unit(pricePerSearch)] as const]),
    ...imagePrices.map(({ size, quality, price }) => [nameOf('image', size, quality), unit(price)] as const),
    ...secondPrices.map(({ resolution, price }) => [nameOf('second', resolution), unit(price)] as const),
    ...(Object.entries(toolFees) as [ToolFee, Decimal | undefined][]).flatMap(([tool, fee]) =>
      fee === undefined ? [] : [[`1000 ${tool}`, unit(fee)] as const],
    ),
    ...windows.map(({ from, until, timeZone, days, factor }) => [
      `from ${from} until ${until} ${timeZone}${days === undefined ? '' : ` on ${days.join(', ')}`}`,
      unit(factor),
    ]),
  ]) as PriceFacts;
}

function tokenFacts(ratios: Ratios, suffix: string): readonly (readonly [string, Decimal])[] {
  const { modelRatio } = ratios;
  if (modelRatio === undefined) return [];
  const dollars = (...factors: readonly (Decimal | undefined)[]): Decimal | undefined =>
    factors.includes(undefined) ? undefined : roundedProduct(digits, '2', modelRatio, ...(factors as readonly Decimal[]));
  const stated = {
    input: dollars(),
    output: dollars(ratios.completionRatio),
    cacheRead: dollars(ratios.cacheRatio),
    cacheWrite: dollars(ratios.cacheWriteRatio),
    cacheWrite1h: dollars(ratios.cacheWrite1hRatio),
    imageInput: dollars(ratios.imageRatio),
    imageOutput: dollars(ratios.imageCompletionRatio),
    audioInput: dollars(ratios.audioRatio),
    audioOutput: dollars(ratios.audioRatio, ratios.audioCompletionRatio),
  };
  return Object.entries(stated).flatMap(([name, price]) => (price === undefined ? [] : [[name + suffix, price] as const]));
}

function unit(price: Decimal): Decimal {
  return roundedProduct(unitDigits, price);
}

function nameOf(kind: string, ...parts: readonly (string | undefined)[]): string {
  return [kind, ...parts.filter((part) => part !== undefined)].join(' ');
}

export function factsOfPrice(price: ModelPrice): PriceFacts {
  return factsOfFields(fieldsOfPrice(price));
}

/** The price fields that make this price, nothing left out. */
export function fieldsOfPrice(price: ModelPrice): ModelPriceFields {
  const { toolFees, toolImages, windows } = price;
  return withoutUndefined({
    ...kindFields(price),
    toolFees,
    toolImages: toolImages && [...toolImages],
    windows: windows?.map(({ days, ...window }) => ({ ...window, ...(days === undefined ? {} : { days: [...days] }) })),
  });
}

function kindFields(price: ModelPrice): ModelPriceFields {
  if (price.by === 'call') return { pricePerCall: price.pricePerCall };
  if (price.by === 'search') return { pricePerSearch: price.pricePerSearch };
  if (price.by === 'image') return { imagePrices: [...price.images] };
  if (price.by === 'second') return { secondPrices: [...price.seconds] };
  const { tiers } = price;
  return {
    ...ratioFields(price),
    ...(tiers === undefined ? {} : { tiers: tiers.map((tier) => ({ inputTokensAbove: tier.inputTokensAbove, ...ratioFields(tier) })) }),
  };
}

function ratioFields(ratios: Omit<Extract<ModelPrice, { by: 'tokens' }>, 'by' | 'tiers' | 'toolFees' | 'toolImages' | 'windows'>): Ratios {
  return {
    modelRatio: ratios.modelRatio,
    completionRatio: ratios.completionRatio,
    cacheRatio: ratios.cacheReadRatio,
    cacheWriteRatio: ratios.cacheWrite5mRatio,
    cacheWrite1hRatio: ratios.cacheWrite1hRatio,
    imageRatio: ratios.imageRatio,
    imageCompletionRatio: ratios.imageCompletionRatio,
    audioRatio: ratios.audioRatio,
    audioCompletionRatio: ratios.audioCompletionRatio,
  };
}

export function kindOf(fields: ModelPriceFields): PriceKind {
  if (fields.pricePerCall !== undefined) return 'call';
  if (fields.pricePerSearch !== undefined) return 'search';
  if (fields.imagePrices !== undefined) return 'image';
  if (fields.secondPrices !== undefined) return 'second';
  return fields.modelRatio === undefined ? 'none' : 'tokens';
}

/** True if nothing that both say differs. */
export function agree(one: PriceFacts, other: PriceFacts): boolean {
  return bothSay(one, other).every(([a, b]) => a === b);
}

/** True if the price in force says all that is stated, and the same: a tier or a fee that it lacks is a difference. */
export function covers(inForce: PriceFacts, stated: PriceFacts): boolean {
  return Object.entries(stated).every(([name, price]) => inForce[name] === price);
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
  return Object.entries(one).flatMap(([name, a]) => {
    const b = other[name];
    return b === undefined ? [] : [[a, b] as const];
  });
}

function withoutUndefined<Value extends object>(value: Value): { [Key in keyof Value]: Exclude<Value[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as never;
}
