import type { PriceList } from '@tollgate/plugin-kit';

/** International region. The longer the input, the dearer the whole request. */
export const qwenPrices: PriceList = {
  vendor: 'Alibaba',
  hosts: ['dashscope-intl.aliyuncs.com'],
  source: 'https://www.alibabacloud.com/help/en/model-studio/models',
  asOf: '2026-09-08',
  models: [
    {
      model: 'qwen3-max',
      dollarsPerMillion: { inputText: 1.2, inputCacheRead: 0.24, inputCacheWrite5m: 1.5, outputText: 6 },
      longContext: [
        { inputTokensAbove: 32_000, dollarsPerMillion: { inputText: 2.4, inputCacheRead: 0.48, inputCacheWrite5m: 3, outputText: 12 } },
        { inputTokensAbove: 128_000, dollarsPerMillion: { inputText: 3, inputCacheRead: 0.6, inputCacheWrite5m: 3.75, outputText: 15 } },
      ],
    },
    { model: 'qwen-max', dollarsPerMillion: { inputText: 1.6, inputCacheRead: 0.32, outputText: 6.4 } },
    {
      model: 'qwen-flash',
      dollarsPerMillion: { inputText: 0.05, inputCacheRead: 0.01, inputCacheWrite5m: 0.063, outputText: 0.4 },
      longContext: [
        {
          inputTokensAbove: 256_000,
          dollarsPerMillion: { inputText: 0.25, inputCacheRead: 0.05, inputCacheWrite5m: 0.313, outputText: 2 },
        },
      ],
    },
    {
      model: 'qwen3-coder-plus',
      dollarsPerMillion: { inputText: 1, inputCacheRead: 0.2, inputCacheWrite5m: 1.25, outputText: 5 },
      longContext: [
        { inputTokensAbove: 32_000, dollarsPerMillion: { inputText: 1.8, inputCacheRead: 0.36, inputCacheWrite5m: 2.25, outputText: 9 } },
        { inputTokensAbove: 128_000, dollarsPerMillion: { inputText: 3, inputCacheRead: 0.6, inputCacheWrite5m: 3.75, outputText: 15 } },
        { inputTokensAbove: 256_000, dollarsPerMillion: { inputText: 6, inputCacheRead: 1.2, inputCacheWrite5m: 7.5, outputText: 60 } },
      ],
    },
    {
      model: 'qwen3-coder-flash',
      dollarsPerMillion: { inputText: 0.3, inputCacheRead: 0.06, inputCacheWrite5m: 0.375, outputText: 1.5 },
      longContext: [
        { inputTokensAbove: 32_000, dollarsPerMillion: { inputText: 0.5, inputCacheRead: 0.1, inputCacheWrite5m: 0.625, outputText: 2.5 } },
        { inputTokensAbove: 128_000, dollarsPerMillion: { inputText: 0.8, inputCacheRead: 0.16, inputCacheWrite5m: 1, outputText: 4 } },
        { inputTokensAbove: 256_000, dollarsPerMillion: { inputText: 1.6, inputCacheRead: 0.32, inputCacheWrite5m: 2, outputText: 9.6 } },
      ],
    },
  ],
};
