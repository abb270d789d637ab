import { describe, expect, it } from 'vitest';
import { compileRate, modelPriceOf } from '../modules/pricing/index.js';
import type { Binding } from './bound-channel.js';
import { costOfMoreOutput, quoteFor } from './quote.js';
import type { RunningCall } from './running-call.js';

const bounds = { holdOutputTokensMax: 100, holdReferencedTokens: 8_192 };

function rateOf(fields: Parameters<typeof modelPriceOf>[0]) {
  const price = modelPriceOf(fields);
  if (price === undefined) throw new Error('No price.');
  return compileRate({ model: 'm', group: 'default', groupRatio: '1', groupRatioSource: 'default', price, priceSource: 'manual' });
}

type Asked = Partial<RunningCall['call']['facts']> & { readonly dialect?: object; readonly weight?: Partial<RunningCall['input']> };

function quoted(
  { dialect = { usage: {} }, weight = {}, ...facts }: Asked,
  binding?: Partial<Binding>,
  price = rateOf({ modelRatio: '1' }),
) {
  const call = { facts: { model: 'm', stream: true, ...facts }, dialect };
  const input = { tokens: 1_000, audio: 0, image: 0, unknown: 0, cacheWrite: undefined, ...weight };
  const running = { call, input, binding: binding && { tokens: 0, unweighed: 0, ...binding } };
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

  it('holds more output at the price of the tier that the input is in', () => {
    const tiers = [{ inputTokensAbove: 500, modelRatio: '3', completionRatio: '10' }];
    const tiered = quoted({}, undefined, rateOf({ modelRatio: '1', completionRatio: '5', tiers }));
    expect(costOfMoreOutput(tiered, 100)).toBe(3_000_000n);
    expect(costOfMoreOutput({ ...tiered, inputTokens: 500 }, 100)).toBe(500_000n);
    expect(costOfMoreOutput(quoted({}, undefined, rateOf({ pricePerCall: '1' })), 100)).toBe(0n);
  });

  it('holds what is asked for by its kinds, and more output at the price of the dearest', () => {
    const price = rateOf({ modelRatio: '1', completionRatio: '4', audioRatio: '10', audioCompletionRatio: '2' });
    const spoken = quoted({ outputKinds: ['text', 'audio'], weight: { audio: 100 } }, undefined, price);
    expect(spoken.amount).toBe(900_000n + 1_000_000n + 2_000_000n);
    expect(costOfMoreOutput(spoken, 100)).toBe(2_000_000n);
    expect(costOfMoreOutput(quoted({}, undefined, price), 100)).toBe(400_000n);
  });

  it('holds what it names at the price of the dearest kind', () => {
    const price = rateOf({ modelRatio: '1', audioRatio: '10' });
    expect(quoted({ weight: { unknown: 50 } }, { unweighed: 1 }, price).amount).toBe(950_000n + 82_420_000n + 100_000n);
  });

  it('holds one use of each tool that may run and has a fee, and one image that a tool may make', () => {
    const price = rateOf({
      modelRatio: '0',
      toolFees: { webSearch: '10', fileSearch: '2.5' },
      toolImages: [
        { quality: 'low', price: '0.01' },
        { quality: 'high', price: '0.1' },
      ],
    });
    const held = (facts: Asked) => quoted(facts, undefined, price).amount;
    expect(held({})).toBe(0n);
    expect(held({ serverTools: ['webSearches'] })).toBe(5_000_000n);
    expect(held({ serverTools: ['webSearches', 'fileSearches', 'webFetches'] })).toBe(6_250_000n);
    expect(held({ toolImage: { quality: 'low' } })).toBe(5_000_000n);
    expect(held({ toolImage: {} })).toBe(50_000_000n);
  });

  it('holds an image for each answer of a model that is priced by the image', () => {
    const price = rateOf({ imagePrices: [{ price: '0.02' }] });
    expect(quoted({ choices: 3 }, undefined, price).amount).toBe(30_000_000n);
  });

  it('holds all searches that a request to rerank may come to', () => {
    const price = rateOf({ pricePerSearch: '0.002' });
    const dialect = { usage: { counts: ['searches'] }, operation: 'rerank' };
    const asked = quoted({ dialect, searchUnits: { atLeast: 1, atMost: 4 } }, undefined, price);
    expect(asked).toMatchObject({ amount: 4_000_000n, fixedCost: undefined, endedAboveTokens: undefined });
    expect(() => quoted({}, undefined, price)).toThrow(expect.objectContaining({ code: 'price_not_applicable' }));
  });

  it('is refused where answers never state what the price is by', () => {
    const [byImage, bySecond] = [rateOf({ imagePrices: [{ price: '0.02' }] }), rateOf({ secondPrices: [{ price: '0.02' }] })];
    const quoteOf = (dialect: object, price: typeof byImage) => () => quoted({ dialect }, undefined, price);
    const refused = expect.objectContaining({ code: 'price_not_applicable' });
    expect(quoteOf({ usage: {} }, bySecond)).toThrow(refused);
    expect(quoteOf({ usage: {}, operation: 'embed' }, byImage)).toThrow(refused);
    expect(quoteOf({ usage: {}, operation: 'passed' }, byImage)).toThrow(refused);
    expect(quoteOf({ usage: { counts: ['seconds'] }, operation: 'passed' }, byImage)).toThrow(refused);
    expect(quoteOf({ usage: { counts: ['seconds'] }, operation: 'passed' }, bySecond)).not.toThrow();
  });

  it('knows the cost of a whole answer before it begins where the price is by the call and nothing else may cost', () => {
    const price = rateOf({ pricePerCall: '0.02', toolFees: { webSearch: '10' } });
    expect(quoted({}, undefined, price).fixedCost).toBe(10_000_000n);
    expect(quoted({ serverTools: ['webSearches'] }, undefined, price).fixedCost).toBeUndefined();
    expect(quoted({}).fixedCost).toBeUndefined();
  });
});
