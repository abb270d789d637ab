import type { PriceList } from '@tollgate/plugin-kit';

/** Developer tier. */
export const cerebrasPrices: PriceList = {
  vendor: 'Cerebras',
  hosts: ['api.cerebras.ai'],
  source: 'https://www.cerebras.ai/pricing#pricing',
  asOf: '2026-09-23',
  models: [
    { model: 'gemma-4-31b', dollarsPerMillion: { inputText: 0.99, outputText: 1.49 } },
    { model: 'gpt-oss-120b', dollarsPerMillion: { inputText: 0.35, outputText: 0.75 } },
  ],
};
