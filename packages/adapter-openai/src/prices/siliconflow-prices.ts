import type { PriceList } from '@tollgate/plugin-kit';

/** Models that others made, at the prices of this place. */
export const siliconflowPrices: PriceList = {
  vendor: 'SiliconFlow',
  hosts: ['api.siliconflow.com'],
  source: 'https://www.siliconflow.com/models',
  asOf: '2026-09-08',
  models: [
    { model: 'moonshotai/Kimi-K3', dollarsPerMillion: { inputText: 2.7, inputCacheRead: 0.27, outputText: 13.5 } },
    { model: 'moonshotai/Kimi-K2.6', dollarsPerMillion: { inputText: 0.95, inputCacheRead: 0.16, outputText: 4 } },
    { model: 'zai-org/GLM-5.3', dollarsPerMillion: { inputText: 1.4, inputCacheRead: 0.26, outputText: 4.4 } },
    { model: 'zai-org/GLM-5.1', dollarsPerMillion: { inputText: 1.4, inputCacheRead: 0.26, outputText: 4.4 } },
    { model: 'MiniMaxAI/MiniMax-M2.5', dollarsPerMillion: { inputText: 0.3, outputText: 1.2 } },
    { model: 'deepseek-ai/DeepSeek-V3.2', dollarsPerMillion: { inputText: 0.27, outputText: 0.42 } },
  ],
};
