import { inputTokens as inputTokensOf, type RequestCounter, tokenCount, type Usage, usageBuckets } from '@tollgate/plugin-kit';
import { type Millipoints, millipoints, millipointsMax } from '../../foundation/millipoints.js';
import type { Coefficients, Rate } from './rate.js';

/** What a call costs: rounded once, half up; a price that is not zero never rounds to zero, and none exceeds {@link millipointsMax}. */
export function costOf(rate: Rate, usage: Usage): Millipoints {
  return rounded(scaledCostOf(rate, usage), rate.scale);
}

/** What several calls of one rate cost together, each by its own usage, rounded once. */
export function costOfAll(rate: Rate, usages: readonly Usage[]): Millipoints {
  return rounded(scaledCostOfAll(rate, usages), rate.scale);
}

/** The same before rounding, in millipoints: `numerator / denominator`. */
export function exactCostOfAll(rate: Rate, usages: readonly Usage[]): { readonly numerator: bigint; readonly denominator: bigint } {
  return { numerator: scaledCostOfAll(rate, usages), denominator: rate.scale };
}

function scaledCostOfAll(rate: Rate, usages: readonly Usage[]): bigint {
  return usages.reduce((sum, usage) => sum + scaledCostOf(rate, usage), 0n);
}

function scaledCostOf(rate: Rate, usage: Usage): bigint {
  const coefficients = rate.tiers === undefined ? rate.coefficients : coefficientsFor(rate, inputTokensOf(usage));
  let scaled = rate.callCoefficient;
  for (const bucket of usageBuckets) {
    const count = tokenCount(usage[bucket]);
    if (count > 0) scaled += BigInt(count) * coefficients[bucket];
  }
  if (rate.fees !== undefined) {
    for (const { counter, coefficient } of rate.fees) {
      const uses = tokenCount(usage[counter]);
      if (uses > 0) scaled += BigInt(uses) * coefficient;
    }
  }
  if (rate.images !== undefined) scaled += imagesCost(rate.images, chargedImages(rate, usage));
  if (rate.milliseconds !== undefined && usage.media !== undefined) scaled += mediaCost(rate.milliseconds, usage.media);
  return scaled;
}

/** Those of the last tier that the input exceeds. */
function coefficientsFor(rate: Rate, inputTokens: number): Coefficients {
  let { coefficients } = rate;
  for (const tier of rate.tiers ?? []) if (inputTokens > tier.inputTokensAbove) coefficients = tier.coefficients;
  return coefficients;
}

const noImages: NonNullable<Usage['images']> = [];
const oneImage: NonNullable<Usage['images']> = [{ count: 1 }];

/** Vendors that state what images are in tokens do not count them: an answer of a model that is priced by the image has one at least. */
function chargedImages({ price }: Rate, { images = noImages }: Usage): NonNullable<Usage['images']> {
  return price.by === 'image' && !images.some(({ count }) => tokenCount(count) > 0) ? oneImage : images;
}

function imagesCost(prices: NonNullable<Rate['images']>, images: NonNullable<Usage['images']>): bigint {
  let scaled = 0n;
  for (const { count, size, quality } of images) {
    const price = prices.find((entry) => (entry.size ?? size) === size && (entry.quality ?? quality) === quality) ?? dearest(prices);
    scaled += BigInt(tokenCount(count)) * price.coefficient;
  }
  return scaled;
}

function mediaCost(prices: NonNullable<Rate['milliseconds']>, { seconds, resolution }: NonNullable<Usage['media']>): bigint {
  const price = prices.find((entry) => (entry.resolution ?? resolution) === resolution) ?? dearest(prices);
  return BigInt(tokenCount(Math.round(seconds * 1_000))) * price.coefficient;
}

/** What no entry names costs as much as the dearest that is named: an operator who prices a few never gives the others away. */
function dearest<Entry extends { readonly coefficient: bigint }>(prices: readonly Entry[]): Entry {
  return prices.reduce((most, entry) => (entry.coefficient > most.coefficient ? entry : most));
}

/** What is known of a call before it is made. */
export interface ExpectedUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly images?: Usage['images'];
  readonly media?: Usage['media'];
  /** The vendor's own tools that may run: one use of each is expected. */
  readonly serverTools?: readonly RequestCounter[];
}

/**
 * What a call may cost, for its hold: all input as text, all output as text. Never below (input + output) × model ratio × group ratio, the
 * documented pre-consumption, even where output is cheaper than input.
 */
export function estimateOf(rate: Rate, expected: ExpectedUsage): Millipoints {
  const input = tokenCount(expected.inputTokens);
  const { inputText, outputText } = coefficientsFor(rate, input);
  const output = outputText > inputText ? outputText : inputText;
  let scaled = rate.callCoefficient + BigInt(input) * inputText + BigInt(tokenCount(expected.outputTokens)) * output;
  const images = expected.images ?? (rate.price.by === 'image' ? oneImage : noImages);
  if (rate.images !== undefined) scaled += imagesCost(rate.images, images);
  for (const { counter, coefficient } of rate.fees ?? []) if (expected.serverTools?.includes(counter) === true) scaled += coefficient;
  if (rate.milliseconds !== undefined && expected.media !== undefined) scaled += mediaCost(rate.milliseconds, expected.media);
  return rounded(scaled, rate.scale);
}

function rounded(scaled: bigint, scale: bigint): Millipoints {
  const amount = (2n * scaled + scale) / (2n * scale);
  if (amount >= millipointsMax) return millipointsMax;
  return millipoints(amount === 0n && scaled > 0n ? 1n : amount);
}
