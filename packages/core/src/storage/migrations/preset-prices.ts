import { uuidv7 } from 'uuidv7';

/** What a fresh gateway asks for these models, until somebody sets or synchronises a price. */
export const presetPrices = [
  { name: 'gpt-4o', modelRatio: '1.25', completionRatio: '4' },
  { name: 'gpt-4o-mini', modelRatio: '0.075', completionRatio: '4' },
  { name: 'gpt-3.5-turbo', modelRatio: '0.25', completionRatio: '2' },
  { name: 'gpt-image-1', modelRatio: '2.5', completionRatio: '8' },
  { name: 'o1', modelRatio: '7.5', completionRatio: '4' },
] as const;

/** A row of `models`. The price is spelt as it is stored: a migration must not change when the code does. */
export function presetModel({ name, modelRatio, completionRatio }: (typeof presetPrices)[number]): object {
  const price = {
    by: 'tokens',
    modelRatio,
    completionRatio,
    cacheReadRatio: '1',
    cacheWrite5mRatio: '1.25',
    cacheWrite1hRatio: '2',
    imageRatio: '1',
    imageCompletionRatio: completionRatio,
    audioRatio: '1',
    audioCompletionRatio: '1',
  };
  return { id: uuidv7(), name, price: JSON.stringify(price), price_source: 'preset', enabled: 1, created_at: Date.now() };
}
