import type { PriceList } from '@tollgate/plugin-kit';

/** Off-peak first; the hours of the peak are dearer. */
export const deepseekPrices: PriceList = {
  vendor: 'DeepSeek',
  hosts: ['api.deepseek.com'],
  source: 'https://api-docs.deepseek.com/quick_start/pricing',
  asOf: '2026-09-23',
  models: [
    {
      model: 'deepseek-v4-flash',
      dollarsPerMillion: { inputText: 0.22, inputCacheRead: 0.007, outputText: 0.66 },
      hours: [
        { from: '01:00', until: '04:00', dollarsPerMillion: { inputText: 0.44, inputCacheRead: 0.014, outputText: 1.32 } },
        { from: '06:00', until: '10:00', dollarsPerMillion: { inputText: 0.44, inputCacheRead: 0.014, outputText: 1.32 } },
      ],
    },
    {
      model: 'deepseek-v4-pro',
      dollarsPerMillion: { inputText: 0.66, inputCacheRead: 0.022, outputText: 1.98 },
      hours: [
        { from: '01:00', until: '04:00', dollarsPerMillion: { inputText: 1.32, inputCacheRead: 0.044, outputText: 3.96 } },
        { from: '06:00', until: '10:00', dollarsPerMillion: { inputText: 1.32, inputCacheRead: 0.044, outputText: 3.96 } },
      ],
    },
  ],
};
