import type { DollarsPerMillion, PublishedPrice } from '@tollgate/plugin-kit';
import { type Decimal, decimalOf, type ModelPriceFields, product, relativeRatio } from '../pricing/index.js';

type Ratios = Pick<
  ModelPriceFields,
  'modelRatio' | 'completionRatio' | 'cacheRatio' | 'cacheWriteRatio' | 'cacheWrite1hRatio' | 'imageRatio' | 'audioRatio'
> &
  Pick<ModelPriceFields, 'imageCompletionRatio' | 'audioCompletionRatio'>;

/**
 * A published price as the price fields of a model, in exact decimals: 2 dollars per million input tokens are the ratio 1, everything else
 * is relative to input. Undefined if it states none, or one that a model cannot have: free input with output that is not.
 * @throws RangeError if a number is none, negative or out of range
 */
export function fieldsOfPublished(price: PublishedPrice): ModelPriceFields | undefined {
  const kind = kindFields(price);
  if (kind === undefined) return undefined;
  const fees = Object.entries(price.dollarsPerThousandUses ?? {}).map(([tool, dollars]) => [tool, decimalOf(dollars)] as const);
  return { ...kind, ...(fees.length === 0 ? {} : { toolFees: Object.fromEntries(fees) }) };
}

function kindFields(published: PublishedPrice): ModelPriceFields | undefined {
  const { dollarsPerMillion, dollarsPerCall, dollarsPerSearch, dollarsPerImage, dollarsPerSecond } = published;
  if (dollarsPerCall !== undefined) return { pricePerCall: decimalOf(dollarsPerCall) };
  if (dollarsPerSearch !== undefined) return { pricePerSearch: decimalOf(dollarsPerSearch) };
  if (dollarsPerImage !== undefined)
    return { imagePrices: dollarsPerImage.map(({ dollars, ...rest }) => ({ ...rest, price: decimalOf(dollars) })) };
  if (dollarsPerSecond !== undefined)
    return { secondPrices: dollarsPerSecond.map(({ dollars, ...rest }) => ({ ...rest, price: decimalOf(dollars) })) };
  const base = dollarsPerMillion && ratiosOf(dollarsPerMillion);
  if (dollarsPerMillion === undefined || base === undefined) return undefined;
  const tiers = tiersOf(dollarsPerMillion, published.longContext ?? []);
  const windows = windowsOf(dollarsPerMillion, published.hours ?? []);
  if (tiers === undefined || windows === undefined) return undefined;
  return { ...base, ...(tiers.length === 0 ? {} : { tiers }), ...(windows.length === 0 ? {} : { windows }) };
}

function ratiosOf(dollars: DollarsPerMillion): Ratios | undefined {
  if (dollars.inputText === undefined) return undefined;
  const input = decimalOf(dollars.inputText);
  if (input === '0') return Object.values(dollars).every((price) => price === 0) ? { modelRatio: '0' } : undefined;
  const relative = (price: number | undefined, to: Decimal = input): Decimal | undefined =>
    price === undefined ? undefined : relativeRatio(decimalOf(price), to);
  const audio = dollars.inputAudio;
  const stated = {
    modelRatio: product(input, '0.5'),
    completionRatio: relative(dollars.outputText),
    cacheRatio: relative(dollars.inputCacheRead),
    cacheWriteRatio: relative(dollars.inputCacheWrite5m),
    cacheWrite1hRatio: relative(dollars.inputCacheWrite1h),
    imageRatio: relative(dollars.inputImage),
    imageCompletionRatio: relative(dollars.outputImage),
    audioRatio: relative(audio),
    audioCompletionRatio: audio === undefined || audio === 0 ? undefined : relative(dollars.outputAudio, decimalOf(audio)),
  };
  return Object.fromEntries(Object.entries(stated).filter(([, value]) => value !== undefined));
}

/** What a tier leaves out costs as without it. Undefined if a tier cannot be told in ratios. */
function tiersOf(base: DollarsPerMillion, longContext: NonNullable<PublishedPrice['longContext']>): ModelPriceFields['tiers'] | undefined {
  const tiers = longContext.flatMap(({ inputTokensAbove, dollarsPerMillion }) => {
    const ratios = ratiosOf({ ...base, ...dollarsPerMillion });
    return ratios === undefined ? [] : [{ inputTokensAbove, ...ratios }];
  });
  return tiers.length === longContext.length ? tiers : undefined;
}

/** Undefined unless everything is dearer by the same factor then. */
function windowsOf(
  base: DollarsPerMillion,
  hours: NonNullable<PublishedPrice['hours']>,
): NonNullable<ModelPriceFields['windows']> | undefined {
  const windows = hours.flatMap(({ from, until, dollarsPerMillion }) => {
    const factors = Object.entries(base).map(([bucket, dollars]) => {
      const then = dollarsPerMillion[bucket as keyof DollarsPerMillion] ?? dollars;
      return relativeRatio(decimalOf(then), decimalOf(dollars));
    });
    const [factor] = factors;
    return factor !== undefined && factors.every((other) => other === factor) ? [{ timeZone: 'UTC', from, until, factor }] : [];
  });
  return windows.length === hours.length ? windows : undefined;
}
