import type { PriceList } from '@tollgate/plugin-kit';

/** Tokens alone: most of these models also cost a fee for each request, which depends on how much is searched. */
export const perplexityPrices: PriceList = {
  vendor: 'Perplexity',
  hosts: ['api.perplexity.ai'],
  source: 'https://docs.perplexity.ai/docs/getting-started/pricing',
  asOf: '2026-09-23',
  models: [
    { model: 'sonar', dollarsPerMillion: { inputText: 1, outputText: 1 } },
    {
      model: 'sonar-deep-research',
      dollarsPerMillion: { inputText: 2, outputText: 8, outputReasoning: 3 },
      dollarsPerThousandUses: { webSearch: 5 },
    },
    { model: 'sonar-pro', dollarsPerMillion: { inputText: 3, outputText: 15 } },
    { model: 'sonar-reasoning-pro', dollarsPerMillion: { inputText: 2, outputText: 8 } },
  ],
};
