import type { PriceList } from '@tollgate/plugin-kit';

/** Models that others made, at the prices of this place. */
export const groqPrices: PriceList = {
  vendor: 'Groq',
  hosts: ['api.groq.com'],
  source: 'https://console.groq.com/docs/models',
  asOf: '2026-09-23',
  models: [
    { model: 'llama-3.1-8b-instant', dollarsPerMillion: { inputText: 0.05, outputText: 0.08 } },
    { model: 'llama-3.3-70b-versatile', dollarsPerMillion: { inputText: 0.59, outputText: 0.79 } },
    { model: 'meta-llama/llama-4-maverick-17b-128e-instruct', dollarsPerMillion: { inputText: 0.2, outputText: 0.6 } },
    { model: 'meta-llama/llama-4-scout-17b-16e-instruct', dollarsPerMillion: { inputText: 0.11, outputText: 0.34 } },
    { model: 'meta-llama/llama-guard-4-12b', dollarsPerMillion: { inputText: 0.2, outputText: 0.2 } },
    {
      model: 'moonshotai/kimi-k2-instruct',
      alsoNamed: ['moonshotai/kimi-k2-instruct-0905'],
      dollarsPerMillion: { inputText: 1, inputCacheRead: 0.5, outputText: 3 },
    },
    { model: 'openai/gpt-oss-120b', dollarsPerMillion: { inputText: 0.15, inputCacheRead: 0.075, outputText: 0.6 } },
    { model: 'openai/gpt-oss-20b', dollarsPerMillion: { inputText: 0.075, inputCacheRead: 0.0375, outputText: 0.3 } },
    { model: 'qwen/qwen3-32b', dollarsPerMillion: { inputText: 0.29, outputText: 0.59 } },
  ],
};
