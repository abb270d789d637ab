import type { PriceList } from '@tollgate/plugin-kit';

/** From the length stated, the higher price holds for the whole request. */
export const xaiPrices: PriceList = {
  vendor: 'xAI',
  hosts: ['api.x.ai'],
  source: 'https://docs.x.ai/docs/models',
  asOf: '2026-09-23',
  models: [
    {
      model: 'grok-3',
      alsoNamed: ['grok-3-latest', 'grok-3-beta'],
      dollarsPerMillion: { inputText: 3, inputCacheRead: 0.75, outputText: 15 },
    },
    {
      model: 'grok-3-mini',
      alsoNamed: ['grok-3-mini-beta', 'grok-3-mini-latest'],
      dollarsPerMillion: { inputText: 0.3, inputCacheRead: 0.075, outputText: 0.5 },
    },
    {
      model: 'grok-4-0709',
      alsoNamed: ['grok-4', 'grok-4-latest'],
      dollarsPerMillion: { inputText: 3, inputCacheRead: 0.75, outputText: 15 },
    },
    {
      model: 'grok-4-1-fast-non-reasoning',
      alsoNamed: ['grok-4-1-fast-non-reasoning-latest'],
      dollarsPerMillion: { inputText: 0.2, inputCacheRead: 0.05, outputText: 0.5 },
    },
    {
      model: 'grok-4-1-fast-reasoning',
      alsoNamed: ['grok-4-1-fast', 'grok-4-1-fast-reasoning-latest'],
      dollarsPerMillion: { inputText: 0.2, inputCacheRead: 0.05, outputText: 0.5 },
    },
    {
      model: 'grok-4-fast-non-reasoning',
      alsoNamed: ['grok-4-fast-non-reasoning-latest'],
      dollarsPerMillion: { inputText: 0.2, inputCacheRead: 0.05, outputText: 0.5 },
    },
    {
      model: 'grok-4-fast-reasoning',
      alsoNamed: ['grok-4-fast', 'grok-4-fast-reasoning-latest'],
      dollarsPerMillion: { inputText: 0.2, inputCacheRead: 0.05, outputText: 0.5 },
    },
    {
      model: 'grok-4.20',
      dollarsPerMillion: { inputText: 1.25, inputCacheRead: 0.2, outputText: 2.5 },
      longContext: [{ inputTokensAbove: 199_999, dollarsPerMillion: { inputText: 2.5, inputCacheRead: 0.4, outputText: 5 } }],
    },
    { model: 'grok-4.20-multi-agent', dollarsPerMillion: { inputText: 2, inputCacheRead: 0.2, outputText: 6 } },
    {
      model: 'grok-4.3',
      alsoNamed: ['grok-4.3-latest'],
      dollarsPerMillion: { inputText: 1.25, inputCacheRead: 0.2, outputText: 2.5 },
      longContext: [{ inputTokensAbove: 199_999, dollarsPerMillion: { inputText: 2.5, inputCacheRead: 0.4, outputText: 5 } }],
    },
    {
      model: 'grok-4.5',
      alsoNamed: ['grok-4.5-latest', 'grok-latest'],
      dollarsPerMillion: { inputText: 2, inputCacheRead: 0.3, outputText: 6 },
      longContext: [{ inputTokensAbove: 199_999, dollarsPerMillion: { inputText: 4, inputCacheRead: 0.6, outputText: 12 } }],
    },
    {
      model: 'grok-4.6',
      alsoNamed: ['grok-4.6-latest'],
      dollarsPerMillion: { inputText: 2, inputCacheRead: 0.5, outputText: 6 },
      longContext: [{ inputTokensAbove: 199_999, dollarsPerMillion: { inputText: 4, inputCacheRead: 1, outputText: 12 } }],
    },
    {
      model: 'grok-build-0.1',
      dollarsPerMillion: { inputText: 1, inputCacheRead: 0.2, outputText: 2 },
      longContext: [{ inputTokensAbove: 199_999, dollarsPerMillion: { inputText: 2, inputCacheRead: 0.4, outputText: 4 } }],
    },
    {
      model: 'grok-code-fast-1',
      alsoNamed: ['grok-code-fast', 'grok-code-fast-1-0825'],
      dollarsPerMillion: { inputText: 0.2, inputCacheRead: 0.02, outputText: 1.5 },
    },
  ],
};
