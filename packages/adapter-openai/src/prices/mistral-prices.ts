import type { PriceList } from '@tollgate/plugin-kit';

/** Mistral's own platform. */
export const mistralPrices: PriceList = {
  vendor: 'Mistral',
  hosts: ['api.mistral.ai'],
  source: 'https://mistral.ai/pricing/api',
  asOf: '2026-09-23',
  models: [
    { model: 'codestral-2508', dollarsPerMillion: { inputText: 0.3, inputCacheRead: 0.03, outputText: 0.9 } },
    { model: 'devstral-2512', dollarsPerMillion: { inputText: 0.4, inputCacheRead: 0.04, outputText: 2 } },
    { model: 'magistral-medium-latest', dollarsPerMillion: { inputText: 2, outputText: 5 } },
    { model: 'magistral-small-latest', dollarsPerMillion: { inputText: 0.5, outputText: 1.5 } },
    { model: 'ministral-14b-2512', dollarsPerMillion: { inputText: 0.2, inputCacheRead: 0.02, outputText: 0.2 } },
    { model: 'ministral-3b-2512', dollarsPerMillion: { inputText: 0.1, inputCacheRead: 0.01, outputText: 0.1 } },
    { model: 'ministral-8b-2512', dollarsPerMillion: { inputText: 0.15, inputCacheRead: 0.015, outputText: 0.15 } },
    { model: 'mistral-embed', dollarsPerMillion: { inputText: 0.1, outputText: 0.1 } },
    { model: 'mistral-large-2512', dollarsPerMillion: { inputText: 0.5, inputCacheRead: 0.05, outputText: 1.5 } },
    {
      model: 'mistral-medium-3-1',
      alsoNamed: ['mistral-medium-2505', 'mistral-medium-2508'],
      dollarsPerMillion: { inputText: 0.4, inputCacheRead: 0.04, outputText: 2 },
    },
    {
      model: 'mistral-medium-3-5',
      alsoNamed: ['mistral-medium-3.5'],
      dollarsPerMillion: { inputText: 1.5, inputCacheRead: 0.15, outputText: 7.5 },
    },
    { model: 'mistral-nemo', alsoNamed: ['open-mistral-nemo'], dollarsPerMillion: { inputText: 0.15, outputText: 0.15 } },
    { model: 'mistral-small-2603', dollarsPerMillion: { inputText: 0.15, inputCacheRead: 0.015, outputText: 0.6 } },
    {
      model: 'pixtral-large',
      alsoNamed: ['pixtral-large-latest', 'pixtral-large-2411'],
      dollarsPerMillion: { inputText: 2, outputText: 6 },
    },
    { model: 'voxtral-mini-2602', alsoNamed: ['voxtral-mini-latest'], dollarsPerSecond: [{ dollars: 0.00005 }] },
    {
      model: 'voxtral-small-24b-2507',
      alsoNamed: ['voxtral-small-2507', 'voxtral-small-latest'],
      dollarsPerMillion: { inputText: 0.1, inputCacheRead: 0.01, outputText: 0.4 },
    },
  ],
};
