import { type RequestCounter, type ToolFee, type UsageBucket, usageBuckets } from '@tollgate/plugin-kit';
import { millipointsPerPoint, pointsPerDollar } from '../../foundation/millipoints.js';
import { coefficientAt, multiply, type ScaledDecimal, scaledDecimal } from './decimal.js';
import type { Coefficients, Decimal, FrozenRate, ImagePrice, ModelPrice, Rate, SecondPrice, TokenRatios } from './rate.js';

type RatioName = Exclude<keyof TokenRatios, 'modelRatio'>;

/** The ratios, besides the model's, that a token of each bucket costs. Tool results are read like any text; reasoning is output. */
const ratiosOfBuckets: Readonly<Record<UsageBucket, readonly RatioName[]>> = {
  inputText: [],
  inputCacheRead: ['cacheReadRatio'],
  inputCacheWrite5m: ['cacheWrite5mRatio'],
  inputCacheWrite1h: ['cacheWrite1hRatio'],
  inputAudio: ['audioRatio'],
  inputImage: ['imageRatio'],
  inputServerTool: [],
  outputText: ['completionRatio'],
  outputReasoning: ['completionRatio'],
  outputAudio: ['audioRatio', 'audioCompletionRatio'],
  outputImage: ['imageCompletionRatio'],
};

const countersOfFees: Readonly<Record<ToolFee, RequestCounter>> = {
  webSearch: 'webSearches',
  webFetch: 'webFetches',
  fileSearch: 'fileSearches',
  codeInterpreter: 'codeInterpreterSessions',
};

const millipointsPerDollar: ScaledDecimal = { coefficient: pointsPerDollar * millipointsPerPoint, digits: 0 };
const nothing: ScaledDecimal = { coefficient: 0n, digits: 0 };
const thousandth: ScaledDecimal = { coefficient: 1n, digits: 3 };

/** Multiplies price, window and group ratio out, once, so that a call's cost is a dot product of integers. @throws RangeError on a wrong decimal */
export function compileRate(frozen: FrozenRate): Rate {
  const { price, window } = frozen;
  const group = scaledDecimal(frozen.groupRatio);
  const factor = multiply(group, window === undefined ? { coefficient: 1n, digits: 0 } : scaledDecimal(window.factor));
  const dollars = (amount: Decimal, by: ScaledDecimal): ScaledDecimal => multiply(millipointsPerDollar, scaledDecimal(amount), by);
  const parts = {
    base: price.by === 'tokens' ? tokenPrices(price, factor) : usageBuckets.map(() => nothing),
    tiers: price.by === 'tokens' ? (price.tiers ?? []).map((tier) => tokenPrices(tier, factor)) : [],
    call: price.by === 'call' ? dollars(price.pricePerCall, factor) : nothing,
    search: price.by === 'search' ? dollars(price.pricePerSearch, factor) : nothing,
    fees: Object.entries(price.toolFees ?? {}).map(([, fee]) => multiply(dollars(fee, group), thousandth)),
    images: imagesOf(price).map((image) => dollars(image.price, price.by === 'image' ? factor : group)),
    milliseconds: secondsOf(price).map((second) => multiply(dollars(second.price, factor), thousandth)),
  };
  const all = [...parts.base, ...parts.tiers.flat(), parts.call, parts.search, ...parts.fees, ...parts.images, ...parts.milliseconds];
  const digits = Math.max(...all.map((number) => number.digits));
  const at = (number: ScaledDecimal | undefined): bigint => coefficientAt(number ?? nothing, digits);
  const coefficientsOf = (numbers: readonly ScaledDecimal[]): Coefficients =>
    Object.fromEntries(usageBuckets.map((bucket, index) => [bucket, at(numbers[index])])) as Coefficients;
  const tiers = price.by === 'tokens' ? (price.tiers ?? []) : [];
  return {
    ...frozen,
    coefficients: coefficientsOf(parts.base),
    tiers: unlessEmpty(
      tiers.map(({ inputTokensAbove }, index) => ({ inputTokensAbove, coefficients: coefficientsOf(parts.tiers[index] ?? []) })),
    ),
    callCoefficient: at(parts.call),
    searchCoefficient: at(parts.search),
    fees: unlessEmpty(
      (Object.keys(price.toolFees ?? {}) as ToolFee[]).map((fee, index) => ({
        counter: countersOfFees[fee],
        coefficient: at(parts.fees[index]),
      })),
    ),
    images: unlessEmpty(
      mostPreciseFirst(imagesOf(price).map(({ price: _price, ...what }, index) => ({ ...what, coefficient: at(parts.images[index]) }))),
    ),
    milliseconds: unlessEmpty(
      mostPreciseFirst(
        secondsOf(price).map(({ price: _price, ...what }, index) => ({ ...what, coefficient: at(parts.milliseconds[index]) })),
      ),
    ),
    scale: 10n ** BigInt(digits),
  };
}

/** Of each bucket. A ratio of 1 is one point per token. */
function tokenPrices(ratios: TokenRatios, factor: ScaledDecimal): readonly ScaledDecimal[] {
  return usageBuckets.map((bucket) => {
    const factors = [ratios.modelRatio, ...ratiosOfBuckets[bucket].map((name) => ratios[name])].map(scaledDecimal);
    return multiply({ coefficient: millipointsPerPoint, digits: 0 }, factor, ...factors);
  });
}

function imagesOf(price: ModelPrice): readonly ImagePrice[] {
  return price.by === 'image' ? price.images : (price.toolImages ?? []);
}

function secondsOf(price: ModelPrice): readonly SecondPrice[] {
  return price.by === 'second' ? price.seconds : [];
}

/** So that the first entry that fits is the right one. */
function mostPreciseFirst<Entry extends object>(entries: readonly Entry[]): readonly Entry[] {
  return [...entries].sort((one, other) => Object.keys(other).length - Object.keys(one).length);
}

function unlessEmpty<Entry>(entries: readonly Entry[]): readonly Entry[] | undefined {
  return entries.length === 0 ? undefined : entries;
}
