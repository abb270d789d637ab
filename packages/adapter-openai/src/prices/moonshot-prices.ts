import type { PriceList } from '@tollgate/plugin-kit';

/** Kimi, at the vendor's own international platform. */
export const moonshotPrices: PriceList = {
  vendor: 'Moonshot',
  hosts: ['api.moonshot.ai', 'api.moonshot.cn'],
  source: 'https://platform.kimi.ai/docs/models.md',
  asOf: '2026-09-23',
  models: [
    { model: 'kimi-k2.5', dollarsPerMillion: { inputText: 0.6, inputCacheRead: 0.1, outputText: 3 } },
    { model: 'kimi-k2.6', dollarsPerMillion: { inputText: 0.95, inputCacheRead: 0.16, outputText: 4 } },
    { model: 'kimi-k2.7-code', dollarsPerMillion: { inputText: 0.95, inputCacheRead: 0.19, outputText: 4 } },
    { model: 'kimi-k2.7-code-highspeed', dollarsPerMillion: { inputText: 1.9, inputCacheRead: 0.38, outputText: 8 } },
    { model: 'kimi-k3', dollarsPerMillion: { inputText: 3, inputCacheRead: 0.3, outputText: 15 } },
    { model: 'moonshot-v1-128k', alsoNamed: ['moonshot-v1-128k-vision-preview'], dollarsPerMillion: { inputText: 2, outputText: 5 } },
    { model: 'moonshot-v1-32k', alsoNamed: ['moonshot-v1-32k-vision-preview'], dollarsPerMillion: { inputText: 1, outputText: 3 } },
    { model: 'moonshot-v1-8k', alsoNamed: ['moonshot-v1-8k-vision-preview'], dollarsPerMillion: { inputText: 0.2, outputText: 2 } },
  ],
};
