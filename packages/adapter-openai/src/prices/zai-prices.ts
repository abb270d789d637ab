import type { PriceList } from '@tollgate/plugin-kit';

/** Zhipu outside China, where prices are in US dollars. */
export const zaiPrices: PriceList = {
  vendor: 'Z.ai',
  hosts: ['api.z.ai', 'open.bigmodel.cn'],
  source: 'https://docs.z.ai/guides/overview/pricing',
  asOf: '2026-09-23',
  models: [
    { model: 'glm-5.2', dollarsPerMillion: { inputText: 1.4, inputCacheRead: 0.26, outputText: 4.4 } },
    { model: 'glm-5.3', dollarsPerMillion: { inputText: 1.4, inputCacheRead: 0.26, outputText: 4.4 } },
  ],
};
