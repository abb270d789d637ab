import { emptyUsage, type Usage } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { pointsText } from '../../foundation/millipoints.js';
import { estimateOf, costOf } from './cost.js';
import { type ModelPriceFields, modelPriceOf } from './model-price.js';
import { PriceBook } from './price-book.js';
import { pricingSettings } from './pricing-settings.js';

interface Vector {
  readonly case: string;
  readonly price: ModelPriceFields;
  readonly usage: Partial<Usage>;
  readonly points: string;
  readonly groupRatio?: string;
}

const settings = pricingSettings.schema.parse({});

function rateOf({ price, groupRatio = '1' }: Pick<Vector, 'price' | 'groupRatio'>, model: string) {
  const set = modelPriceOf(price);
  if (set === undefined) throw new Error('no price');
  const book = new PriceBook({ groupRatioOf: () => ({ ratio: groupRatio, source: 'group' }), settings: () => settings });
  return book.rateFor({ price: set }, model, { group: 'vip', userGroup: 'gold' }, 0);
}

/** Computed by hand. Where the vendor counts cached tokens inside its input, the buckets have them apart already. */
const vectors: readonly Vector[] = [
  {
    case: 'gpt-4: input 1,000, output 500',
    price: { modelRatio: '15', completionRatio: '2' },
    usage: { inputText: 1_000, outputText: 500 },
    points: '30000',
  },
  {
    case: 'half price for a group: 416.25 points are not rounded',
    price: { modelRatio: '0.25', completionRatio: '1.33' },
    groupRatio: '0.5',
    usage: { inputText: 2_000, outputText: 1_000 },
    points: '416.25',
  },
  { case: 'drawing: a call at 0.02 dollars', price: { pricePerCall: '0.02' }, usage: {}, points: '10000' },
  {
    case: 'gpt-4o: 600 of 1,000 input tokens cached',
    price: { modelRatio: '1.25', completionRatio: '4', cacheRatio: '0.5' },
    usage: { inputText: 400, inputCacheRead: 600, outputText: 100 },
    points: '1375',
  },
  {
    case: 'cache writes of both lifetimes',
    price: { modelRatio: '1.5', completionRatio: '5', cacheRatio: '0.1', cacheWriteRatio: '1.25' },
    usage: { inputText: 100, inputCacheRead: 1_000, inputCacheWrite5m: 200, inputCacheWrite1h: 50, outputText: 300 },
    points: '3075',
  },
  {
    case: 'cache writes without a lifetime',
    price: { modelRatio: '1.5', completionRatio: '5', cacheRatio: '0.1', cacheWriteRatio: '1.25' },
    usage: { inputText: 100, inputCacheRead: 1_000, inputCacheWrite5m: 250, outputText: 300 },
    points: '3018.75',
  },
  {
    case: 'gpt-image-1: image and text in, image out',
    price: { modelRatio: '2.5', completionRatio: '8', imageRatio: '2' },
    usage: { inputText: 50, inputImage: 100, outputImage: 1_000 },
    points: '20625',
  },
  {
    case: 'realtime: text and audio both ways',
    price: { modelRatio: '2.5', completionRatio: '4', audioRatio: '8', audioCompletionRatio: '2' },
    usage: { inputText: 100, outputText: 50, inputAudio: 200, outputAudio: 80 },
    points: '7950',
  },
  { case: 'one token at 0.01: no minimum of a whole point', price: { modelRatio: '0.01' }, usage: { inputText: 1 }, points: '0.01' },
  { case: 'nothing used', price: { modelRatio: '0.01' }, usage: {}, points: '0' },
  {
    case: 'half price for users of a group in another',
    price: { modelRatio: '15', completionRatio: '2' },
    groupRatio: '0.5',
    usage: { inputText: 1_000, outputText: 500 },
    points: '15000',
  },
  { case: 'gpt-4o: three web searches', price: { modelRatio: '1.25', completionRatio: '4' }, usage: { webSearches: 3 }, points: '37500' },
  {
    case: 'dall-e-3: two wide images in high definition',
    price: { imagePrices: [{ price: '0.04' }, { size: '1792x1024', quality: 'hd', price: '0.12' }] },
    usage: { images: [{ count: 2, size: '1792x1024', quality: 'hd' }] },
    points: '120000',
  },
  {
    case: 'rerank-v4.0-pro: three searches',
    price: { pricePerSearch: '0.0025' },
    usage: { searchUnits: 3 },
    points: '3750',
  },
  {
    case: 'sora-2: eight seconds, wide',
    price: { secondPrices: [{ price: '0.3' }, { resolution: '1792x1024', price: '0.5' }] },
    usage: { media: { seconds: 8, resolution: '1792x1024' } },
    points: '2000000',
  },
];

describe('price vectors', () => {
  it.each(vectors)('$case', (vector) => {
    const [model = ''] = vector.case.split(':');
    expect(pointsText(costOf(rateOf(vector, model), { ...emptyUsage(), ...vector.usage }))).toBe(vector.points);
  });

  it('holds input and bounded output, never less than tokens × ratio', () => {
    expect(pointsText(estimateOf(rateOf({ price: { modelRatio: '2' } }, 'm'), { inputTokens: 120, outputTokens: 1_000 }))).toBe('2240');
  });
});
