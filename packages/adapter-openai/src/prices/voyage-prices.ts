import type { PriceList } from '@tollgate/plugin-kit';

/** Embeddings: nothing is written, so output has no price. */
export const voyagePrices: PriceList = {
  vendor: 'Voyage AI',
  hosts: ['api.voyageai.com'],
  source: 'https://docs.voyageai.com/docs/pricing',
  asOf: '2026-09-23',
  models: [
    { model: 'voyage-2', dollarsPerMillion: { inputText: 0.1 } },
    { model: 'voyage-3', dollarsPerMillion: { inputText: 0.06 } },
    { model: 'voyage-3-large', dollarsPerMillion: { inputText: 0.18 } },
    { model: 'voyage-3-lite', dollarsPerMillion: { inputText: 0.02 } },
    { model: 'voyage-3.5', dollarsPerMillion: { inputText: 0.06 } },
    { model: 'voyage-3.5-lite', dollarsPerMillion: { inputText: 0.02 } },
    { model: 'voyage-4', dollarsPerMillion: { inputText: 0.06 } },
    { model: 'voyage-4-large', dollarsPerMillion: { inputText: 0.12 } },
    { model: 'voyage-4-lite', dollarsPerMillion: { inputText: 0.02 } },
    { model: 'voyage-code-2', dollarsPerMillion: { inputText: 0.12 } },
    { model: 'voyage-code-3', dollarsPerMillion: { inputText: 0.18 } },
    { model: 'voyage-context-3', dollarsPerMillion: { inputText: 0.18 } },
    { model: 'voyage-finance-2', dollarsPerMillion: { inputText: 0.12 } },
    { model: 'voyage-large-2', dollarsPerMillion: { inputText: 0.12 } },
    { model: 'voyage-large-2-instruct', dollarsPerMillion: { inputText: 0.12 } },
    { model: 'voyage-law-2', dollarsPerMillion: { inputText: 0.12 } },
    { model: 'voyage-multilingual-2', dollarsPerMillion: { inputText: 0.12 } },
  ],
};
