import type { PriceList } from '@tollgate/plugin-kit';

/** Standard tier of the vendor itself. */
export const claudePrices: PriceList = {
  vendor: 'Anthropic',
  source: 'https://platform.claude.com/docs/en/about-claude/pricing',
  asOf: '2026-09-23',
  models: [
    {
      model: 'claude-3-5-haiku-latest',
      alsoNamed: ['claude-3-5-haiku-20241022'],
      dollarsPerMillion: { inputText: 0.8, inputCacheRead: 0.08, inputCacheWrite5m: 1, inputCacheWrite1h: 1.6, outputText: 4 },
      dollarsPerThousandUses: { webSearch: 10 },
    },
    {
      model: 'claude-3-7-sonnet-latest',
      alsoNamed: ['claude-3-7-sonnet-20250219'],
      dollarsPerMillion: { inputText: 3, inputCacheRead: 0.3, inputCacheWrite5m: 3.75, inputCacheWrite1h: 6, outputText: 15 },
      dollarsPerThousandUses: { webSearch: 10 },
    },
    {
      model: 'claude-3-haiku-20240307',
      dollarsPerMillion: { inputText: 0.25, inputCacheRead: 0.03, inputCacheWrite5m: 0.3, inputCacheWrite1h: 0.5, outputText: 1.25 },
    },
    {
      model: 'claude-3-opus-latest',
      alsoNamed: ['claude-3-opus-20240229'],
      dollarsPerMillion: { inputText: 15, inputCacheRead: 1.5, inputCacheWrite5m: 18.75, inputCacheWrite1h: 30, outputText: 75 },
    },
    {
      model: 'claude-fable-5',
      dollarsPerMillion: { inputText: 10, inputCacheRead: 1, inputCacheWrite5m: 12.5, inputCacheWrite1h: 20, outputText: 50 },
      dollarsPerThousandUses: { webSearch: 10 },
    },
    {
      model: 'claude-fable-5-1',
      dollarsPerMillion: { inputText: 10, inputCacheRead: 0.25, inputCacheWrite5m: 12.5, inputCacheWrite1h: 20, outputText: 50 },
      dollarsPerThousandUses: { webSearch: 10 },
    },
    {
      model: 'claude-haiku-4-5',
      alsoNamed: ['claude-haiku-4-5-20251001'],
      dollarsPerMillion: { inputText: 1, inputCacheRead: 0.1, inputCacheWrite5m: 1.25, inputCacheWrite1h: 2, outputText: 5 },
      dollarsPerThousandUses: { webSearch: 10 },
    },
    {
      model: 'claude-opus-4-0',
      alsoNamed: ['claude-opus-4', 'claude-opus-4-20250514'],
      dollarsPerMillion: { inputText: 15, inputCacheRead: 1.5, inputCacheWrite5m: 18.75, inputCacheWrite1h: 30, outputText: 75 },
      dollarsPerThousandUses: { webSearch: 10 },
    },
    {
      model: 'claude-opus-4-1',
      alsoNamed: ['claude-opus-4-1-20250805'],
      dollarsPerMillion: { inputText: 15, inputCacheRead: 1.5, inputCacheWrite5m: 18.75, inputCacheWrite1h: 30, outputText: 75 },
      dollarsPerThousandUses: { webSearch: 10 },
    },
    {
      model: 'claude-opus-4-5',
      alsoNamed: ['claude-opus-4-5-20251101'],
      dollarsPerMillion: { inputText: 5, inputCacheRead: 0.5, inputCacheWrite5m: 6.25, inputCacheWrite1h: 10, outputText: 25 },
      dollarsPerThousandUses: { webSearch: 10 },
    },
    {
      model: 'claude-opus-4-6',
      dollarsPerMillion: { inputText: 5, inputCacheRead: 0.5, inputCacheWrite5m: 6.25, inputCacheWrite1h: 10, outputText: 25 },
      dollarsPerThousandUses: { webSearch: 10 },
    },
    {
      model: 'claude-opus-4-7',
      dollarsPerMillion: { inputText: 5, inputCacheRead: 0.5, inputCacheWrite5m: 6.25, inputCacheWrite1h: 10, outputText: 25 },
      dollarsPerThousandUses: { webSearch: 10 },
    },
    {
      model: 'claude-opus-4-8',
      dollarsPerMillion: { inputText: 5, inputCacheRead: 0.5, inputCacheWrite5m: 6.25, inputCacheWrite1h: 10, outputText: 25 },
      dollarsPerThousandUses: { webSearch: 10 },
    },
    {
      model: 'claude-opus-5',
      dollarsPerMillion: { inputText: 5, inputCacheRead: 0.5, inputCacheWrite5m: 6.25, inputCacheWrite1h: 10, outputText: 25 },
      dollarsPerThousandUses: { webSearch: 10 },
    },
    {
      model: 'claude-opus-5-5',
      dollarsPerMillion: { inputText: 4, inputCacheRead: 0.2, inputCacheWrite5m: 5, inputCacheWrite1h: 8, outputText: 20 },
      dollarsPerThousandUses: { webSearch: 10 },
    },
    {
      model: 'claude-sonnet-4-0',
      alsoNamed: ['claude-sonnet-4', 'claude-sonnet-4-20250514'],
      dollarsPerMillion: { inputText: 3, inputCacheRead: 0.3, inputCacheWrite5m: 3.75, inputCacheWrite1h: 6, outputText: 15 },
      dollarsPerThousandUses: { webSearch: 10 },
    },
    {
      model: 'claude-sonnet-4-5',
      alsoNamed: ['claude-sonnet-4-5-20250929'],
      dollarsPerMillion: { inputText: 3, inputCacheRead: 0.3, inputCacheWrite5m: 3.75, inputCacheWrite1h: 6, outputText: 15 },
      longContext: [
        {
          inputTokensAbove: 200_000,
          dollarsPerMillion: { inputText: 6, inputCacheRead: 0.6, inputCacheWrite5m: 7.5, inputCacheWrite1h: 12, outputText: 22.5 },
        },
      ],
      dollarsPerThousandUses: { webSearch: 10 },
    },
    {
      model: 'claude-sonnet-4-6',
      dollarsPerMillion: { inputText: 3, inputCacheRead: 0.3, inputCacheWrite5m: 3.75, inputCacheWrite1h: 6, outputText: 15 },
      dollarsPerThousandUses: { webSearch: 10 },
    },
    {
      model: 'claude-sonnet-5',
      dollarsPerMillion: { inputText: 2, inputCacheRead: 0.2, inputCacheWrite5m: 2.5, inputCacheWrite1h: 4, outputText: 10 },
      dollarsPerThousandUses: { webSearch: 10 },
    },
  ],
};
