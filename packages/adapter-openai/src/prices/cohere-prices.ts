import type { PriceList } from '@tollgate/plugin-kit';

/** Production keys. */
export const coherePrices: PriceList = {
  vendor: 'Cohere',
  hosts: ['api.cohere.com', 'api.cohere.ai'],
  source: 'https://cohere.com/pricing',
  asOf: '2026-09-23',
  models: [
    { model: 'c4ai-aya-expanse-32b', dollarsPerMillion: { inputText: 0.5, outputText: 1.5 } },
    { model: 'command', dollarsPerMillion: { inputText: 1, outputText: 2 } },
    { model: 'command-a', alsoNamed: ['command-a-03-2025'], dollarsPerMillion: { inputText: 2.5, outputText: 10 } },
    { model: 'command-r', alsoNamed: ['command-r-08-2024'], dollarsPerMillion: { inputText: 0.15, outputText: 0.6 } },
    { model: 'command-r-plus', alsoNamed: ['command-r-plus-08-2024'], dollarsPerMillion: { inputText: 2.5, outputText: 10 } },
    { model: 'command-r7b', alsoNamed: ['command-r7b-12-2024'], dollarsPerMillion: { inputText: 0.0375, outputText: 0.15 } },
    { model: 'embed-v4.0', dollarsPerMillion: { inputText: 0.12 } },
    { model: 'rerank-v3.5', dollarsPerSearch: 0.002 },
    { model: 'rerank-v4.0-fast', dollarsPerSearch: 0.002 },
    { model: 'rerank-v4.0-pro', dollarsPerSearch: 0.0025 },
  ],
};
