import { defineProvider, type ProviderCall, secret, type UpstreamFailure, type UpstreamModel, type Verdict, z } from '@tollgate/plugin-kit';
import { geminiPrices } from './gemini-prices.js';
import { geminiCachedContents } from './gemini/cached-contents.js';
import { geminiCountTokens } from './gemini/count-tokens.js';
import { geminiDialect } from './gemini/dialect.js';
import { geminiBatchEmbedContents, geminiEmbedContent } from './gemini/embeddings.js';
import { verdictOfError } from './gemini/error-verdict.js';
import { geminiVendor, isJsonObject } from './gemini/wire.js';
import { retryAfterMs } from './retry-after.js';
import { geminiFamilies } from './token-families.js';

const config = z.object({
  baseUrl: z
    .url()
    .default('https://generativelanguage.googleapis.com')
    .meta({ title: 'Base URL', help: "The host's root, without a version." }),
  apiKey: secret('API key'),
  apiVersion: z
    .string()
    .regex(/^v\d+[a-z0-9]*$/)
    .default('v1beta')
    .meta({ title: 'API version', help: 'v1beta, or v1 for stable features only.' }),
});

type Config = z.output<typeof config>;

/** Google's Gemini API with an API key. */
export const geminiProvider = defineProvider({
  id: 'gemini',
  title: 'Google Gemini',
  vendor: geminiVendor,
  config,
  speaks: [
    { dialect: geminiDialect, url: (call) => callUrl(call, call.stream ? 'streamGenerateContent' : 'generateContent'), resourceUrl },
    { dialect: geminiBatchEmbedContents, url: (call) => callUrl(call, 'batchEmbedContents') },
    { dialect: geminiEmbedContent, url: (call) => callUrl(call, 'embedContent') },
    { dialect: geminiCountTokens, url: (call) => callUrl(call, 'countTokens') },
    { dialect: geminiCachedContents, url: (call) => `${apiRoot(call.config)}/cachedContents` },
  ],
  headers: (call) => ({ 'x-goog-api-key': call.config.apiKey, 'content-type': 'application/json' }),
  requestIdHeaders: ['x-goog-request-id'],
  classify,
  prices: [geminiPrices],
  tokenFamilies: geminiFamilies,
  models: {
    request: (settings) => ({
      method: 'GET',
      url: `${apiRoot(settings)}/models?pageSize=1000`,
      headers: { 'x-goog-api-key': settings.apiKey },
    }),
    read: readModels,
  },
});

function apiRoot(settings: Config): string {
  return `${settings.baseUrl.replace(/\/+$/, '')}/${settings.apiVersion}`;
}

function callUrl(call: ProviderCall<Config>, method: string): string {
  const model = call.model.split('/').map(encodeURIComponent).join('/');
  // Tuned models live beside the vendor's own and bring their folder with them.
  const place = model.includes('/') ? model : `models/${model}`;
  const query = call.stream && call.framing === 'sse' ? '?alt=sse' : '';
  return `${apiRoot(call.config)}/${place}:${method}${query}`;
}

/** Uploads have their own root above the version. */
function resourceUrl({ config }: ProviderCall<Config>, path: string): string {
  const [, upload = '', place = ''] = /^(\/upload)?\/v\d\w*(\/.*)$/.exec(path) ?? [];
  return `${config.baseUrl.replace(/\/+$/, '')}${upload}/${config.apiVersion}${place}`;
}

function classify(failure: UpstreamFailure): Partial<Verdict> {
  const verdict = verdictOfError(failure.json(), failure.status);
  const fromHeader = retryAfterMs(failure.headers.get('retry-after'));
  return { ...verdict, ...(fromHeader === undefined ? {} : { retryAfterMs: fromHeader }) };
}

function readModels(body: unknown): readonly UpstreamModel[] {
  const models = isJsonObject(body) && Array.isArray(body['models']) ? (body['models'] as unknown[]) : [];
  return models.flatMap((model) => (isJsonObject(model) ? readModel(model) : []));
}

function readModel(model: Record<string, unknown>): readonly UpstreamModel[] {
  const { name, displayName, inputTokenLimit, outputTokenLimit, supportedGenerationMethods: methods } = model;
  if (typeof name !== 'string' || (Array.isArray(methods) && !methods.includes('generateContent'))) return [];
  return [
    {
      id: name.replace(/^models\//, ''),
      ...(typeof displayName === 'string' ? { title: displayName } : {}),
      ...(typeof inputTokenLimit === 'number' ? { contextTokensMax: inputTokenLimit } : {}),
      ...(typeof outputTokenLimit === 'number' ? { outputTokensMax: outputTokenLimit } : {}),
    },
  ];
}
