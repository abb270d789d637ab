import { claude, claudeMessages } from '@tollgate/adapter-claude';
import { openaiChat, openaiCompatible, openaiResponses } from '@tollgate/adapter-openai';
import { defineProvider, type ProviderAdapter, type ProviderCall, secret, type WireRequest, z } from '@tollgate/plugin-kit';
import { claudeByInvoke } from './claude-by-invoke.js';
import { converseCountTokens } from './converse/count-tokens.js';
import { converse } from './converse/dialect.js';
import { classify } from './failures.js';
import {
  bedrockModelId,
  claudeModels,
  converseModels,
  foundationModelId,
  inferenceProfiles,
  isAtMantle,
  isClaude,
  isConverse,
} from './model-ids.js';
import { listedModels } from './model-list.js';
import { signatureHeaders } from './signature.js';

const claudeVersion = '2023-06-01';

const config = z
  .object({
    region: z
      .string()
      .regex(/^[a-z]{2}(?:-[a-z]+)+-\d+$/, { error: 'a region, for example us-east-1' })
      .default('us-east-1')
      .meta({ title: 'Region' }),
    inferenceProfile: z.enum(inferenceProfiles).optional().meta({
      title: 'Inference profile',
      description: 'Put before ids of Claude that have none. Newer models can only be reached by one.',
    }),
    apiKey: secret('Bedrock API key').optional(),
    accessKeyId: secret('Access key id').optional(),
    secretAccessKey: secret('Secret access key').optional(),
    sessionToken: secret('Session token').optional(),
    baseUrl: z
      .url({ protocol: /^https?$/ })
      .optional()
      .meta({ title: 'Endpoint', description: 'Another than the public one of the region, for example inside a VPC.' }),
  })
  .refine(
    ({ apiKey, accessKeyId, secretAccessKey }) => apiKey !== undefined || (accessKeyId !== undefined && secretAccessKey !== undefined),
    {
      error: 'Give a Bedrock API key, or accessKeyId and secretAccessKey.',
      path: ['apiKey'],
    },
  );

type Call = ProviderCall<z.output<typeof config>>;

/** Models of many makers at AWS: Claude in its own language, the others in AWS's or OpenAI's. */
export const bedrock: ProviderAdapter<typeof config> = defineProvider({
  id: 'bedrock',
  title: 'AWS Bedrock',
  // Signatures of thinking are good wherever Claude runs.
  vendor: claude.vendor,
  config,
  speaks: [
    { dialect: claudeByInvoke, url: invokeUrl, models: isClaude },
    { dialect: claudeMessages, url: (call) => `${mantleRoot(call)}/anthropic/v1/messages`, models: isClaude, onDemand: true },
    { dialect: openaiChat, url: (call) => `${mantleRoot(call)}/v1/chat/completions`, models: isAtMantle },
    { dialect: openaiResponses, url: (call) => `${mantleRoot(call)}/v1/responses`, models: isAtMantle, onDemand: true },
    { dialect: converse, url: converseUrl, models: isConverse },
    { dialect: converse, url: converseUrl, onDemand: true },
    { dialect: converseCountTokens, url: countUrl, models: isClaude },
  ],
  headers: (call) => ({
    ...(call.dialect === claudeMessages ? claudeHeaders(call) : {}),
    ...(call.config.apiKey === undefined ? {} : { authorization: `Bearer ${call.config.apiKey}` }),
    'content-type': 'application/json',
  }),
  async sign(request, { config: { apiKey, accessKeyId, secretAccessKey, sessionToken, region }, dialect }) {
    if (apiKey !== undefined || accessKeyId === undefined || secretAccessKey === undefined) return {};
    const service = atRuntime.has(dialect.id) ? 'bedrock' : 'bedrock-mantle';
    return signatureHeaders(request, { accessKeyId, secretAccessKey, sessionToken }, { region, service, now: Date.now() });
  },
  requestIdHeaders: ['x-amzn-requestid', 'request-id', 'x-request-id'],
  classify,
  models: {
    request: (given) => listRequest(given, 'foundation-models?byOutputModality=TEXT'),
    more: (given) => [listRequest(given, 'inference-profiles?maxResults=1000')],
    read: (body, [profiles] = [], given) => listedModels(body, profiles, given?.inferenceProfile),
  },
  knownModels: [...claudeModels, ...converseModels],
  ...(claude.prices === undefined ? {} : { prices: claude.prices }),
  tokenFamilies: [...(claude.tokenFamilies ?? []), ...(openaiCompatible.tokenFamilies ?? [])],
});

/** The others are spoken at the newer endpoint. */
const atRuntime = new Set([claudeByInvoke, converseCountTokens, converse].map(({ id }) => id));

function invokeUrl(call: Call): string {
  return runtimeUrl(call, call.stream ? 'invoke-with-response-stream' : 'invoke');
}

function converseUrl(call: Call): string {
  return runtimeUrl(call, call.stream ? 'converse-stream' : 'converse');
}

/** Counting knows no inference profiles. */
function countUrl(call: Call): string {
  const { inferenceProfile: _profile, ...config } = call.config;
  return runtimeUrl({ ...call, config, model: foundationModelId(call.model) }, 'count-tokens');
}

function runtimeUrl({ config: { region, baseUrl, inferenceProfile }, model }: Call, method: string): string {
  const id = encodeURIComponent(bedrockModelId(model, inferenceProfile));
  return `${rootOf(baseUrl) ?? `https://bedrock-runtime.${region}.${domainOf(region)}`}/model/${id}/${method}`;
}

function domainOf(region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
}

/** A list of what the region has; it is signed for where calls are. */
function listRequest({ region, baseUrl, apiKey }: z.output<typeof config>, path: string): WireRequest {
  return {
    method: 'GET',
    url: `${rootOf(baseUrl) ?? `https://bedrock.${region}.${domainOf(region)}`}/${path}`,
    headers: { accept: 'application/json', ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }) },
  };
}

function mantleRoot({ config: { region, baseUrl } }: Call): string {
  return rootOf(baseUrl) ?? `https://bedrock-mantle.${region}.api.aws`;
}

function rootOf(baseUrl: string | undefined): string | undefined {
  return baseUrl?.replace(/\/+$/, '');
}

function claudeHeaders({ clientHeaders }: Call): Record<string, string> {
  const beta = [clientHeaders['anthropic-beta'] ?? []].flat().join(',');
  return { 'anthropic-version': claudeVersion, ...(beta === '' ? {} : { 'anthropic-beta': beta }) };
}
