import {
  inputTokens as inputTokensOf,
  type OutputKind,
  remainder,
  type RequestCounter,
  tokenCount,
  type Usage,
  usageBuckets,
} from '@tollgate/plugin-kit';
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
  if (rate.searchCoefficient > 0n) scaled += BigInt(tokenCount(usage.searchUnits)) * rate.searchCoefficient;
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

/** What of an input costs otherwise than text, in tokens; the rest is text. */
export interface InputKinds {
  readonly audio: number;
  readonly image: number;
  /** What lives at an upstream may be of any kind. */
  readonly unknown: number;
  /** For how long the vendor's cache may keep it, where it may be written there. */
  readonly cacheWrite: '5m' | '1h' | undefined;
}

/** What is known of a call before it is made. */
export interface ExpectedUsage {
  /** Of all kinds together. */
  readonly inputTokens: number;
  readonly input?: InputKinds;
  readonly outputTokens: number;
  /** What the answer may hold; undefined where the request leaves that to the model. */
  readonly outputKinds?: readonly OutputKind[] | undefined;
  readonly images?: Usage['images'];
  readonly media?: Usage['media'];
  /** One unless stated. */
  readonly searchUnits?: number;
  /** The vendor's own tools that may run: one use of each is expected. */
  readonly serverTools?: readonly RequestCounter[];
}

/**
 * What a call may cost, for its hold: input by its kinds, all output as the dearest kind that it may be of. Never below (input + output) ×
 * model ratio × group ratio, the documented pre-consumption, even where media or output are cheaper than text.
 */
export function estimateOf(rate: Rate, expected: ExpectedUsage): Millipoints {
  const input = tokenCount(expected.inputTokens);
  const coefficients = coefficientsFor(rate, input);
  const output = BigInt(tokenCount(expected.outputTokens)) * dearestOutput(coefficients, expected.outputKinds);
  let scaled = rate.callCoefficient + expectedInput(coefficients, input, expected.input) + output;
  const images = expected.images ?? (rate.price.by === 'image' ? oneImage : noImages);
  if (rate.images !== undefined) scaled += imagesCost(rate.images, images);
  for (const { counter, coefficient } of rate.fees ?? []) if (expected.serverTools?.includes(counter) === true) scaled += coefficient;
  if (rate.milliseconds !== undefined && expected.media !== undefined) scaled += mediaCost(rate.milliseconds, expected.media);
  scaled += BigInt(tokenCount(expected.searchUnits ?? 1)) * rate.searchCoefficient;
  return rounded(scaled, rate.scale);
}

function expectedInput(coefficients: Coefficients, tokens: number, kinds: InputKinds | undefined): bigint {
  const { inputText, inputCacheWrite5m, inputCacheWrite1h, inputAudio, inputImage } = coefficients;
  if (kinds === undefined) return BigInt(tokens) * inputText;
  let text = inputText;
  if (kinds.cacheWrite !== undefined) text = dearer(text, inputCacheWrite5m);
  if (kinds.cacheWrite === '1h') text = dearer(text, inputCacheWrite1h);
  const [audio, image, unknown] = [tokenCount(kinds.audio), tokenCount(kinds.image), tokenCount(kinds.unknown)];
  let scaled = BigInt(remainder(tokens, audio, image, unknown)) * text;
  // Some vendors count media as text, and write them to their cache with it.
  if (audio > 0) scaled += BigInt(audio) * dearer(text, inputAudio);
  if (image > 0) scaled += BigInt(image) * dearer(text, inputImage);
  if (unknown > 0) scaled += BigInt(unknown) * dearer(dearer(text, inputAudio), inputImage);
  return scaled;
}

/** Models that make images make them unasked, unless they are asked for something else; sound comes only where it was asked for. */
function dearestOutput(coefficients: Coefficients, kinds: readonly OutputKind[] | undefined): bigint {
  let dearest = dearer(coefficients.inputText, coefficients.outputText);
  if (kinds === undefined || kinds.includes('image')) dearest = dearer(dearest, coefficients.outputImage);
  if (kinds?.includes('audio') === true) dearest = dearer(dearest, coefficients.outputAudio);
  return dearest;
}

function dearer(one: bigint, other: bigint): bigint {
  return other > one ? other : one;
}

function rounded(scaled: bigint, scale: bigint): Millipoints {
  const amount = (2n * scaled + scale) / (2n * scale);
  if (amount >= millipointsMax) return millipointsMax;
  return millipoints(amount === 0n && scaled > 0n ? 1n : amount);
}
