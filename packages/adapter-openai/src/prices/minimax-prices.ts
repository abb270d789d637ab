import type { PriceList } from '@tollgate/plugin-kit';

/** International platform, pay as you go. */
export const minimaxPrices: PriceList = {
  vendor: 'MiniMax',
  hosts: ['api.minimax.io', 'api.minimaxi.com'],
  source: 'https://platform.minimax.io/docs/guides/pricing-paygo',
  asOf: '2026-09-23',
  models: [
    { model: 'M2-her', dollarsPerMillion: { inputText: 0.3, outputText: 1.2 } },
    {
      model: 'MiniMax-M2.5-highspeed',
      dollarsPerMillion: { inputText: 0.6, inputCacheRead: 0.03, inputCacheWrite5m: 0.375, outputText: 2.4 },
    },
    { model: 'MiniMax-M2.7', dollarsPerMillion: { inputText: 0.3, inputCacheRead: 0.06, inputCacheWrite5m: 0.375, outputText: 1.2 } },
    {
      model: 'MiniMax-M2.7-highspeed',
      dollarsPerMillion: { inputText: 0.6, inputCacheRead: 0.06, inputCacheWrite5m: 0.375, outputText: 2.4 },
    },
    {
      model: 'MiniMax-M3',
      alsoNamed: ['minimax-m3'],
      dollarsPerMillion: { inputText: 0.3, inputCacheRead: 0.06, outputText: 1.2 },
      longContext: [{ inputTokensAbove: 512_000, dollarsPerMillion: { inputText: 0.6, inputCacheRead: 0.12, outputText: 2.4 } }],
    },
  ],
};
