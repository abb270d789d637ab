import type { PriceList } from '@tollgate/plugin-kit';

/** Serverless. The letter p stands for a point in the names. */
export const fireworksPrices: PriceList = {
  vendor: 'Fireworks',
  hosts: ['api.fireworks.ai'],
  source: 'https://fireworks.ai/pricing',
  asOf: '2026-09-23',
  models: [
    { model: 'accounts/fireworks/models/deepseek-v3p2', dollarsPerMillion: { inputText: 0.56, inputCacheRead: 0.28, outputText: 1.68 } },
    {
      model: 'accounts/fireworks/models/deepseek-v4-flash',
      dollarsPerMillion: { inputText: 0.14, inputCacheRead: 0.028, outputText: 0.28 },
    },
    { model: 'accounts/fireworks/models/deepseek-v4-pro', dollarsPerMillion: { inputText: 1.74, inputCacheRead: 0.145, outputText: 3.48 } },
    { model: 'accounts/fireworks/models/glm-4p7', dollarsPerMillion: { inputText: 0.6, outputText: 2.2 } },
    { model: 'accounts/fireworks/models/glm-5p1', dollarsPerMillion: { inputText: 1.4, inputCacheRead: 0.26, outputText: 4.4 } },
    { model: 'accounts/fireworks/routers/glm-5p1-fast', dollarsPerMillion: { inputText: 2.8, inputCacheRead: 0.52, outputText: 8.8 } },
    { model: 'accounts/fireworks/models/glm-5p2', dollarsPerMillion: { inputText: 1.4, inputCacheRead: 0.14, outputText: 4.4 } },
    { model: 'accounts/fireworks/routers/glm-5p2-fast', dollarsPerMillion: { inputText: 2.1, inputCacheRead: 0.21, outputText: 6.6 } },
    { model: 'accounts/fireworks/models/gpt-oss-120b', dollarsPerMillion: { inputText: 0.15, inputCacheRead: 0.014, outputText: 0.6 } },
    { model: 'accounts/fireworks/models/gpt-oss-20b', dollarsPerMillion: { inputText: 0.07, inputCacheRead: 0.035, outputText: 0.3 } },
    { model: 'accounts/fireworks/models/inkling', dollarsPerMillion: { inputText: 1, inputCacheRead: 0.17, outputText: 4.05 } },
    { model: 'accounts/fireworks/models/kimi-k2p5', dollarsPerMillion: { inputText: 0.6, inputCacheRead: 0.1, outputText: 3 } },
    { model: 'accounts/fireworks/models/kimi-k2p6', dollarsPerMillion: { inputText: 0.95, inputCacheRead: 0.16, outputText: 4 } },
    { model: 'accounts/fireworks/routers/kimi-k2p6-fast', dollarsPerMillion: { inputText: 2, inputCacheRead: 0.3, outputText: 8 } },
    { model: 'accounts/fireworks/models/kimi-k2p7-code', dollarsPerMillion: { inputText: 0.95, inputCacheRead: 0.19, outputText: 4 } },
    { model: 'accounts/fireworks/routers/kimi-k2p7-code-fast', dollarsPerMillion: { inputText: 1.9, inputCacheRead: 0.38, outputText: 8 } },
    { model: 'accounts/fireworks/models/kimi-k3', dollarsPerMillion: { inputText: 3, inputCacheRead: 0.3, outputText: 15 } },
    { model: 'accounts/fireworks/routers/kimi-k3-fast', dollarsPerMillion: { inputText: 4.5, inputCacheRead: 0.45, outputText: 22.5 } },
    { model: 'accounts/fireworks/routers/kimi-k3-us', dollarsPerMillion: { inputText: 3.3, inputCacheRead: 0.33, outputText: 16.5 } },
    { model: 'accounts/fireworks/models/llama-v3p1-8b-instruct', dollarsPerMillion: { inputText: 0.2, outputText: 0.2 } },
    { model: 'accounts/fireworks/models/minimax-m2p1', dollarsPerMillion: { inputText: 0.3, outputText: 1.2 } },
    { model: 'accounts/fireworks/models/minimax-m2p7', dollarsPerMillion: { inputText: 0.3, inputCacheRead: 0.06, outputText: 1.2 } },
    { model: 'accounts/fireworks/models/minimax-m3', dollarsPerMillion: { inputText: 0.3, inputCacheRead: 0.06, outputText: 1.2 } },
    {
      model: 'accounts/fireworks/models/nemotron-3-ultra-nvfp4',
      dollarsPerMillion: { inputText: 0.6, inputCacheRead: 0.12, outputText: 2.4 },
    },
    { model: 'accounts/fireworks/models/qwen3p6-plus', dollarsPerMillion: { inputText: 0.5, inputCacheRead: 0.1, outputText: 3 } },
    { model: 'accounts/fireworks/models/qwen3p7-plus', dollarsPerMillion: { inputText: 0.4, inputCacheRead: 0.08, outputText: 1.6 } },
  ],
};
