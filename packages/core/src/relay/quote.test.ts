import { describe, expect, it } from 'vitest';
import { compileRate, modelPriceOf } from '../modules/pricing/index.js';
import type { Binding } from './bound-channel.js';
import { quoteFor } from './quote.js';
import type { RunningCall } from './running-call.js';

const bounds = { holdOutputTokensMax: 100, holdReferencedTokens: 8_192 };

function rateOf(fields: Parameters<typeof modelPriceOf>[0]) {
  const price = modelPriceOf(fields);
  if (price === undefined) throw new Error('No price.');
  return compileRate({ model: 'm', group: 'default', groupRatio: '1', groupRatioSource: 'default', price, priceSource: 'manual' });
}

function quoted(facts: Partial<RunningCall['call']['facts']>, binding?: Partial<Binding>, price = rateOf({ modelRatio: '1' })) {
  const call = { facts: { model: 'm', stream: true, ...facts } };
  const running = { call, inputTokens: 1_000, binding: binding && { tokens: 0, unweighed: 0, ...binding } };
  return quoteFor(running as unknown as RunningCall, undefined, price, bounds);
}

describe('a quote', () => {
  it('holds the estimated input and the output that can be expected', () => {
    expect(quoted({})).toMatchObject({ heldTokens: 1_100, amount: 1_100_000n });
    expect(quoted({ outputTokensMax: 10, choices: 3 })).toMatchObject({ heldTokens: 1_030, amount: 1_030_000n });
  });

  it('holds a stated number of tokens for each thing that it names and nobody knows the length of', () => {
    expect(quoted({}, { unweighed: 2 })).toMatchObject({ heldTokens: 1_100 + 2 * 8_192, amount: 17_484_000n });
  });
});
