import { type UsageBucket, usageBuckets } from '@tollgate/plugin-kit';
import { millipointsPerPoint, pointsPerDollar } from '../../foundation/millipoints.js';
import { coefficientAt, multiply, type ScaledDecimal, scaledDecimal } from './decimal.js';
import type { Decimal, FrozenRate, ModelPrice, Rate } from './rate.js';

type TokenPrice = Extract<ModelPrice, { by: 'tokens' }>;
type RatioName = Exclude<keyof TokenPrice, 'by' | 'modelRatio'>;

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
  outputImage: ['completionRatio'],
};

const nothing: ScaledDecimal = { coefficient: 0n, digits: 0 };

/** Multiplies price and group ratio out, once, so that a call's cost is a dot product of integers. @throws RangeError on a wrong decimal */
export function compileRate({ model, group, groupRatio, price }: FrozenRate): Rate {
  const call = price.by === 'call' ? callPrice(price.pricePerCall, groupRatio) : nothing;
  const byBucket = usageBuckets.map((bucket) => (price.by === 'call' ? nothing : tokenPrice(price, ratiosOfBuckets[bucket], groupRatio)));
  const digits = Math.max(call.digits, ...byBucket.map((number) => number.digits));
  const coefficients = Object.fromEntries(
    usageBuckets.map((bucket, index) => [bucket, coefficientAt(byBucket[index] ?? nothing, digits)]),
  ) as Record<UsageBucket, bigint>;
  return { model, group, groupRatio, price, coefficients, callCoefficient: coefficientAt(call, digits), scale: 10n ** BigInt(digits) };
}

/** A ratio of 1 is one point per token. */
function tokenPrice(price: TokenPrice, ratios: readonly RatioName[], groupRatio: Decimal): ScaledDecimal {
  const factors = [price.modelRatio, groupRatio, ...ratios.map((name) => price[name])].map(scaledDecimal);
  return multiply({ coefficient: millipointsPerPoint, digits: 0 }, ...factors);
}

function callPrice(pricePerCall: Decimal, groupRatio: Decimal): ScaledDecimal {
  const millipointsPerDollar = { coefficient: pointsPerDollar * millipointsPerPoint, digits: 0 };
  return multiply(millipointsPerDollar, scaledDecimal(pricePerCall), scaledDecimal(groupRatio));
}
