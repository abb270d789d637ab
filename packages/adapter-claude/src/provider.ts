import { type ClientHeaders, defineProvider, secret, z } from '@tollgate/plugin-kit';
import { claudePrices } from './claude-prices.js';
import { claudeCountTokens } from './claude-messages/count-tokens.js';
import { claudeMessages } from './claude-messages/dialect.js';
import { classify } from './claude-messages/errors.js';
import { objectsIn, isObject, textIn, vendor } from './claude-messages/wire.js';
import { claudeFamilies } from './token-families.js';

/** The version whose requests the dialect writes. A client's own version passes on where its bytes do. */
const apiVersion = '2023-06-01';

const config = z.object({
  baseUrl: z.url().default('https://api.anthropic.com').meta({ title: 'Base URL', description: 'Root of the host, without /v1.' }),
  apiKey: secret('API key'),
});

/** Anthropic, and every other place that serves Claude's messages under `/v1/messages`. */
export const claude = defineProvider({
  id: 'claude',
  title: 'Anthropic Claude',
  vendor,
  config,
  speaks: [
    { dialect: claudeMessages, url: (call) => `${hostRoot(call.config.baseUrl)}/v1/messages` },
    { dialect: claudeCountTokens, url: (call) => `${hostRoot(call.config.baseUrl)}/v1/messages/count_tokens` },
  ],
  headers(call) {
    const beta = headerText(call.clientHeaders, 'anthropic-beta');
    return {
      ...authorisation(call.config.apiKey, headerText(call.clientHeaders, 'anthropic-version')),
      'content-type': 'application/json',
      ...(beta === undefined ? {} : { 'anthropic-beta': beta }),
    };
  },
  requestIdHeaders: ['request-id'],
  classify,
  prices: [claudePrices],
  tokenFamilies: claudeFamilies,
  models: {
    request: ({ baseUrl, apiKey }) => ({
      method: 'GET',
      url: `${hostRoot(baseUrl)}/v1/models?limit=1000`,
      headers: authorisation(apiKey),
    }),
    read: (body) =>
      objectsIn(isObject(body) ? body.data : undefined)
        .filter((model) => textIn(model.id) !== '')
        .map((model) => ({
          id: textIn(model.id),
          ...(typeof model.display_name === 'string' ? { title: model.display_name } : {}),
          ...(typeof model.max_input_tokens === 'number' ? { contextTokensMax: model.max_input_tokens } : {}),
          ...(typeof model.max_tokens === 'number' ? { outputTokensMax: model.max_tokens } : {}),
        })),
  },
});

function authorisation(apiKey: string, version = apiVersion): Record<string, string> {
  return { 'x-api-key': apiKey, 'anthropic-version': version };
}

function hostRoot(baseUrl: string): string {
  return baseUrl.replace(/\/+$/, '');
}

function headerText(headers: ClientHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.join(',');
}
