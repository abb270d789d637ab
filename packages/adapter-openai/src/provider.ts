import { defineProvider, type ProviderAdapter, type ProviderCall, secret, type WireRequest, z } from '@tollgate/plugin-kit';
import { openaiChat } from './chat/dialect.js';
import { openaiChatThinkTags } from './chat/think-tags.js';
import { classify } from './classify.js';
import { openaiCompletions } from './completions/dialect.js';
import { openaiEmbeddings } from './embeddings/dialect.js';
import { jsonHeaders } from './json-headers.js';
import { isCompletionModel, isReasoningModel } from './model-families.js';
import { readListedModels } from './listed-models.js';
import { compatiblePrices, openaiPrices } from './prices/index.js';
import { openaiCompact } from './responses/compact.js';
import { openaiResponses } from './responses/dialect.js';
import { openaiInputTokens } from './responses/input-tokens.js';
import { compatibleFamilies, openaiFamilies } from './token-families.js';

const baseUrl = z
  .url({ protocol: /^https?$/ })
  .meta({ title: 'Base URL', description: 'Up to and including the version: https://host/v1' })
  .transform(withoutTrailingSlash);

const ownConfig = z.object({
  baseUrl: baseUrl.default('https://api.openai.com/v1'),
  apiKey: secret('API key'),
  organization: z.string().min(1).optional().meta({ title: 'Organisation', description: 'For keys that belong to several.' }),
});

const compatibleConfig = z.object({
  baseUrl,
  apiKey: secret('API key').optional(),
});

type OwnConfig = z.output<typeof ownConfig>;
type CompatibleConfig = z.output<typeof compatibleConfig>;

/** The vendor itself. */
export const openai: ProviderAdapter<typeof ownConfig> = defineProvider({
  id: 'openai',
  title: 'OpenAI',
  vendor: 'openai',
  config: ownConfig,
  speaks: [
    // Such a model is refused everywhere else, and every other model is refused there.
    { dialect: openaiCompletions, url: completionsUrl, models: isCompletionModel },
    // Only Responses takes a reasoning model's sealed reasoning back.
    { dialect: openaiResponses, url: responsesUrl, resourceUrl, models: isReasoningModel },
    { dialect: openaiChat, url: chatUrl, models: chats },
    { dialect: openaiResponses, url: responsesUrl, resourceUrl, models: chats },
    { dialect: openaiCompletions, url: completionsUrl, onDemand: true },
    { dialect: openaiEmbeddings, url: embeddingsUrl },
    { dialect: openaiInputTokens, url: (call) => `${responsesUrl(call)}/input_tokens` },
    { dialect: openaiCompact, url: compactUrl },
  ],
  headers: (call) => ({ ...jsonHeaders(call), ...ownHeaders(call.config) }),
  requestIdHeaders: ['x-request-id'],
  classify,
  models: {
    request: (config) => listRequest(config, ownHeaders(config)),
    read: readListedModels,
  },
  prices: [openaiPrices],
  tokenFamilies: openaiFamilies,
});

/** Any server that speaks chat as the vendor does: local ones, resellers, other vendors. Few speak Responses, and not all complete texts; channels say which do. */
export const openaiCompatible: ProviderAdapter<typeof compatibleConfig> = defineProvider({
  id: 'openai-compatible',
  title: 'OpenAI-compatible server',
  vendor: 'openai',
  config: compatibleConfig,
  speaks: [
    { dialect: openaiChat, url: chatUrl },
    { dialect: openaiChatThinkTags, url: chatUrl, onDemand: true },
    { dialect: openaiResponses, url: responsesUrl, resourceUrl, onDemand: true },
    { dialect: openaiCompletions, url: completionsUrl, onDemand: true },
    { dialect: openaiEmbeddings, url: embeddingsUrl },
  ],
  headers: (call) => ({ ...jsonHeaders(call), ...bearer(call.config.apiKey) }),
  requestIdHeaders: ['x-request-id'],
  classify,
  models: {
    request: (config) => listRequest(config, bearer(config.apiKey)),
    read: readListedModels,
    hasPrices: true,
  },
  prices: compatiblePrices,
  tokenFamilies: compatibleFamilies,
});

function chats(model: string): boolean {
  return !isCompletionModel(model);
}

function withoutTrailingSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

function chatUrl(call: ProviderCall<CompatibleConfig>): string {
  return `${call.config.baseUrl}/chat/completions`;
}

function completionsUrl(call: ProviderCall<CompatibleConfig>): string {
  return `${call.config.baseUrl}/completions`;
}

function embeddingsUrl(call: ProviderCall<CompatibleConfig>): string {
  return `${call.config.baseUrl}/embeddings`;
}

function responsesUrl(call: ProviderCall<CompatibleConfig>): string {
  return `${call.config.baseUrl}/responses`;
}

function compactUrl(call: ProviderCall<CompatibleConfig>): string {
  return `${responsesUrl(call)}/compact`;
}

/** The base URL has the version already. */
function resourceUrl(call: ProviderCall<CompatibleConfig>, path: string): string {
  return `${call.config.baseUrl}${path.replace(/^\/v1/, '')}`;
}

function ownHeaders(config: OwnConfig): Record<string, string> {
  return { ...bearer(config.apiKey), ...(config.organization === undefined ? {} : { 'openai-organization': config.organization }) };
}

function bearer(apiKey: string | undefined): Record<string, string> {
  return apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
}

function listRequest(config: CompatibleConfig, headers: Record<string, string>): WireRequest {
  return { method: 'GET', url: `${config.baseUrl}/models`, headers };
}
