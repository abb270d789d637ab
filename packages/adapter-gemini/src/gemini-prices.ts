import type { PriceList } from '@tollgate/plugin-kit';

/** Paid tier of the Gemini API. A search with Google is charged beyond the month's free ones. */
export const geminiPrices: PriceList = {
  vendor: 'Google',
  source: 'https://ai.google.dev/gemini-api/docs/pricing',
  asOf: '2026-09-23',
  // Up to the 2.x models by the grounded answer, from 3 on by the query.
  toolFees: [
    { modelsFrom: 'gemini-2', dollarsPerThousandUses: { webSearch: 35 } },
    { modelsFrom: 'gemini-', dollarsPerThousandUses: { webSearch: 14 } },
  ],
  models: [
    { model: 'gemini-2.0-flash', dollarsPerMillion: { inputText: 0.1, inputCacheRead: 0.025, inputAudio: 0.7, outputText: 0.4 } },
    { model: 'gemini-2.0-flash-lite', dollarsPerMillion: { inputText: 0.075, outputText: 0.3 } },
    {
      model: 'gemini-2.5-flash',
      alsoNamed: ['gemini-2.5-flash-latest', 'gemini-2.5-flash-preview-09-2025'],
      dollarsPerMillion: { inputText: 0.3, inputCacheRead: 0.03, inputAudio: 1, outputText: 2.5 },
    },
    {
      model: 'gemini-2.5-flash-image',
      alsoNamed: ['gemini-2.5-flash-image-preview'],
      dollarsPerMillion: { inputText: 0.3, outputText: 2.5, outputImage: 30 },
    },
    { model: 'gemini-2.5-flash-lite', dollarsPerMillion: { inputText: 0.1, inputCacheRead: 0.01, inputAudio: 0.3, outputText: 0.4 } },
    {
      model: 'gemini-2.5-pro',
      dollarsPerMillion: { inputText: 1.25, inputCacheRead: 0.125, outputText: 10 },
      longContext: [{ inputTokensAbove: 200_000, dollarsPerMillion: { inputText: 2.5, inputCacheRead: 0.25, outputText: 15 } }],
    },
    {
      model: 'gemini-3-flash-preview',
      dollarsPerMillion: { inputText: 0.5, inputCacheRead: 0.05, inputAudio: 1, outputText: 3 },
      dollarsPerThousandUses: { webSearch: 14 },
    },
    {
      model: 'gemini-3-pro-image-preview',
      alsoNamed: ['gemini-3-pro-image'],
      dollarsPerMillion: { inputText: 2, outputText: 12, outputImage: 120 },
      dollarsPerThousandUses: { webSearch: 14 },
    },
    {
      model: 'gemini-3-pro-preview',
      alsoNamed: ['gemini-3-pro-text-preview'],
      dollarsPerMillion: { inputText: 2, inputCacheRead: 0.2, outputText: 12 },
      longContext: [{ inputTokensAbove: 200_000, dollarsPerMillion: { inputText: 4, inputCacheRead: 0.4, outputText: 18 } }],
      dollarsPerThousandUses: { webSearch: 14 },
    },
    {
      model: 'gemini-3.1-flash-image-preview',
      alsoNamed: ['gemini-3.1-flash-image'],
      dollarsPerMillion: { inputText: 0.5, outputText: 3, outputImage: 60 },
      dollarsPerThousandUses: { webSearch: 14 },
    },
    {
      model: 'gemini-3.1-flash-lite',
      dollarsPerMillion: { inputText: 0.25, inputCacheRead: 0.025, inputAudio: 0.5, outputText: 1.5 },
      dollarsPerThousandUses: { webSearch: 14 },
    },
    {
      model: 'gemini-3.1-flash-lite-image',
      dollarsPerMillion: { inputText: 0.25, outputText: 1.5, outputImage: 30 },
      dollarsPerThousandUses: { webSearch: 14 },
    },
    {
      model: 'gemini-3.1-flash-live-preview',
      dollarsPerMillion: { inputText: 0.75, inputAudio: 3, inputImage: 1, outputText: 4.5, outputAudio: 12 },
      dollarsPerThousandUses: { webSearch: 14 },
    },
    {
      model: 'gemini-3.1-pro-preview',
      dollarsPerMillion: { inputText: 2, inputCacheRead: 0.2, outputText: 12 },
      longContext: [{ inputTokensAbove: 200_000, dollarsPerMillion: { inputText: 4, inputCacheRead: 0.4, outputText: 18 } }],
      dollarsPerThousandUses: { webSearch: 14 },
    },
    {
      model: 'gemini-3.5-flash',
      dollarsPerMillion: { inputText: 1.5, inputCacheRead: 0.15, outputText: 9 },
      dollarsPerThousandUses: { webSearch: 14 },
    },
    {
      model: 'gemini-3.5-flash-lite',
      dollarsPerMillion: { inputText: 0.3, inputCacheRead: 0.03, outputText: 2.5 },
      dollarsPerThousandUses: { webSearch: 14 },
    },
    // Until the end of 2026; twice as much from 2027.
    {
      model: 'gemini-3.6-flash',
      dollarsPerMillion: { inputText: 0.75, inputCacheRead: 0.075, outputText: 3.75 },
      dollarsPerThousandUses: { webSearch: 14 },
    },
    // Until the end of 2026; twice as much from 2027.
    {
      model: 'gemini-3.7-flash',
      dollarsPerMillion: { inputText: 0.75, inputCacheRead: 0.075, outputText: 3.75 },
      dollarsPerThousandUses: { webSearch: 14 },
    },
    // Until the end of 2026; twice as much from 2027.
    {
      model: 'gemini-3.8-flash',
      dollarsPerMillion: { inputText: 0.75, inputCacheRead: 0.075, outputText: 3.75 },
      dollarsPerThousandUses: { webSearch: 14 },
    },
    { model: 'gemini-embedding-001', dollarsPerMillion: { inputText: 0.15 } },
    {
      model: 'gemini-live-2.5-flash',
      alsoNamed: ['gemini-2.5-flash-native-audio-latest'],
      dollarsPerMillion: { inputText: 0.5, inputAudio: 3, outputText: 2, outputAudio: 12 },
    },
    { model: 'veo-3.1-generate-preview', asOf: '2026-10-07', dollarsPerSecond: [{ dollars: 0.4 }, { resolution: '4k', dollars: 0.6 }] },
  ],
};
