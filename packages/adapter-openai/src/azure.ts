import { defineProvider, type ProviderAdapter, type ProviderCall, secret, z } from '@tollgate/plugin-kit';
import { openaiChat } from './chat/dialect.js';
import { classify } from './classify.js';
import { openaiCompletions } from './completions/dialect.js';
import { openaiEmbeddings } from './embeddings/dialect.js';
import { jsonHeaders } from './json-headers.js';
import { isCompletionModel, isReasoningModel } from './model-families.js';
import { openaiPrices } from './prices/index.js';
import { openaiResponses } from './responses/dialect.js';
import { openaiFamilies } from './token-families.js';

/** The address as the portal shows it in its examples goes on with a path. */
const pathOfExamples = /\/+(?:openai(?:\/.*)?)?$/;
/** `2024-10-21`, `2025-04-01-preview`: from before the place had one version for all. */
const datedVersion = /^\d{4}-\d{2}-\d{2}(?:-preview)?$/;

const config = z.object({
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .meta({ title: 'Endpoint', description: 'Of the resource: https://name.openai.azure.com' })
    .transform((url) => url.replace(/\?.*$/, '').replace(pathOfExamples, '')),
  apiKey: secret('API key'),
  apiVersion: z
    .union([z.literal('preview'), z.string().regex(datedVersion)], { error: 'a date like 2024-10-21, or preview' })
    .optional()
    .meta({
      title: 'API version',
      description:
        'Empty for the one version that stays; preview for what comes to it; a date, for example 2024-10-21, for paths with deployments.',
    }),
});

type Config = z.output<typeof config>;

/** The vendor's models at Microsoft's: as deployments, of which a model's name here is the name. */
export const azureOpenai: ProviderAdapter<typeof config> = defineProvider({
  id: 'azure-openai',
  title: 'Azure OpenAI',
  // It cannot read what the vendor has sealed, nor the vendor what it has.
  vendor: 'azure',
  config,
  speaks: [
    { dialect: openaiCompletions, url: deploymentUrl('completions'), models: isCompletionModel },
    { dialect: openaiResponses, url: (call) => placeUrl(call, '/responses'), resourceUrl, models: isReasoningModel },
    { dialect: openaiChat, url: deploymentUrl('chat/completions') },
    { dialect: openaiResponses, url: (call) => placeUrl(call, '/responses'), resourceUrl },
    { dialect: openaiCompletions, url: deploymentUrl('completions'), onDemand: true },
    { dialect: openaiEmbeddings, url: deploymentUrl('embeddings') },
  ],
  headers: (call) => ({ ...jsonHeaders(call), 'api-key': call.config.apiKey }),
  requestIdHeaders: ['apim-request-id', 'x-request-id'],
  classify,
  prices: [openaiPrices],
  tokenFamilies: openaiFamilies,
});

/** An operation of a deployment: with a dated version, the path names it. */
function deploymentUrl(operation: string): (call: ProviderCall<Config>) => string {
  return (call) => placeUrl(call, isDated(call.config) ? `/deployments/${encodeURIComponent(call.model)}/${operation}` : `/${operation}`);
}

/** A path of the resource, whose body names the deployment. */
function placeUrl({ config: place }: ProviderCall<Config>, path: string): string {
  const { baseUrl, apiVersion } = place;
  return `${baseUrl}/openai${isDated(place) ? '' : '/v1'}${path}${apiVersion === undefined ? '' : `?api-version=${apiVersion}`}`;
}

function resourceUrl(call: ProviderCall<Config>, path: string): string {
  return placeUrl(call, path.replace(/^\/v1/, ''));
}

function isDated({ apiVersion }: Config): boolean {
  return apiVersion !== undefined && apiVersion !== 'preview';
}
