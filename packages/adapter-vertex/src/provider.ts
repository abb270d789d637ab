import { claude } from '@tollgate/adapter-claude';
import { geminiDialect, geminiProvider } from '@tollgate/adapter-gemini';
import { openaiChat, openaiCompatible } from '@tollgate/adapter-openai';
import {
  defineProvider,
  objectIn,
  type ProviderAdapter,
  type ProviderCall,
  secret,
  type UpstreamFailure,
  UpstreamError,
  type Verdict,
  verdictForKind,
  z,
} from '@tollgate/plugin-kit';
import type { AccessTokens } from './access-tokens.js';
import { claudeByPredict, claudeCountByPredict } from './claude-by-predict.js';
import { embeddingsByPredict } from './embeddings-by-predict.js';
import { vertexCountTokens } from './gemini-count-tokens.js';
import { isClaude, isOpenModel, knownModels, vertexClaudeName } from './model-names.js';
import { readServiceAccount } from './service-account.js';

const config = z
  .object({
    region: z
      .string()
      .regex(/^[a-z]+(?:-[a-z]+\d+)?$/, { error: 'a region, for example europe-west4, or global' })
      .default('global')
      .meta({ title: 'Region' }),
    project: z
      .string()
      .regex(/^[a-z0-9.:-]+$/)
      .optional()
      .meta({ title: 'Project', description: 'That of the service account, if left out.' }),
    serviceAccount: secret('Service account')
      .refine((text) => readServiceAccount(text) !== undefined, { error: 'the JSON of a service account’s key file' })
      .optional(),
    apiKey: secret('API key').optional(),
    baseUrl: z
      .url({ protocol: /^https?$/ })
      .optional()
      .meta({ title: 'Base URL', description: 'Root of the host, where it is not the public one of the region.' }),
  })
  .refine(({ serviceAccount, apiKey }) => serviceAccount !== undefined || apiKey !== undefined, {
    error: 'Give the JSON of a service account’s key file, or an API key, which reaches Gemini alone.',
    path: ['serviceAccount'],
  });

export type VertexProvider = ProviderAdapter<typeof config>;
type Call = ProviderCall<z.output<typeof config>>;

const isGemini = (model: string): boolean => !isClaude(model) && !isOpenModel(model);

/** Google's models and those of others on its cloud, each in its own language. */
export function vertexProvider(tokens: Pick<AccessTokens, 'tokenFor' | 'forget'>): VertexProvider {
  return defineProvider({
    id: 'vertex',
    title: 'Google Vertex AI',
    vendor: geminiProvider.vendor,
    config,
    speaks: [
      { dialect: geminiDialect, url: geminiUrl, models: isGemini },
      { dialect: vertexCountTokens, url: (call) => googleUrl(call, 'countTokens'), models: isGemini },
      { dialect: embeddingsByPredict, url: (call) => googleUrl(call, 'predict'), models: isGemini },
      { dialect: claudeByPredict, url: claudeUrl, models: isClaude },
      {
        dialect: claudeCountByPredict,
        url: (call) => `${placeOf(call)}/publishers/anthropic/models/count-tokens:rawPredict`,
        models: isClaude,
      },
      { dialect: openaiChat, url: (call) => `${placeOf(call)}/endpoints/openapi/chat/completions`, models: isOpenModel },
    ],
    headers: (call) => ({
      ...betaOf(call),
      ...(isByKey(call) ? { 'x-goog-api-key': call.config.apiKey ?? '' } : {}),
      'content-type': 'application/json',
    }),
    async sign(_request, call, io) {
      if (isByKey(call)) return {};
      const account = readServiceAccount(call.config.serviceAccount ?? '');
      if (account === undefined) throw new UpstreamError(withoutAccount);
      return { authorization: `Bearer ${await tokens.tokenFor(account, io)}` };
    },
    refused(sent, call) {
      const account = isByKey(call) ? undefined : readServiceAccount(call.config.serviceAccount ?? '');
      if (account !== undefined) tokens.forget(account, (sent['authorization'] ?? '').replace(/^Bearer /, ''));
    },
    requestIdHeaders: ['x-goog-request-id', 'request-id'],
    classify,
    knownModels,
    prices: [...(geminiProvider.prices ?? []), ...(claude.prices ?? [])],
    tokenFamilies: [geminiProvider, claude, openaiCompatible].flatMap(({ tokenFamilies = [] }) => tokenFamilies),
  });
}

const withoutAccount = verdictForKind('authentication', 401, 'The upstream wants a service account.', 'service_account_missing');

/** Where there is an account, the key is not needed. */
function isByKey({ config: { serviceAccount, apiKey } }: Call): boolean {
  return serviceAccount === undefined && apiKey !== undefined;
}

function geminiUrl(call: Call): string {
  return googleUrl(call, call.stream ? `streamGenerateContent${call.framing === 'sse' ? '?alt=sse' : ''}` : 'generateContent');
}

function googleUrl(call: Call, method: string): string {
  // A key names its project itself.
  const place = isByKey(call) ? `${hostOf(call)}/v1` : placeOf(call);
  return `${place}/publishers/google/models/${encodeURIComponent(call.model)}:${method}`;
}

function claudeUrl(call: Call): string {
  const model = encodeURIComponent(vertexClaudeName(call.model)).replace('%40', '@');
  return `${placeOf(call)}/publishers/anthropic/models/${model}:${call.stream ? 'streamRawPredict' : 'rawPredict'}`;
}

function placeOf(call: Call): string {
  const { project, serviceAccount = '', region } = call.config;
  const named = project ?? readServiceAccount(serviceAccount)?.project_id ?? '-';
  return `${hostOf(call)}/v1/projects/${named}/locations/${region}`;
}

function hostOf({ config: { baseUrl, region } }: Call): string {
  if (baseUrl !== undefined) return baseUrl.replace(/\/+$/, '');
  if (region === 'global') return 'https://aiplatform.googleapis.com';
  // Without a number it is a continent.
  return region.includes('-') ? `https://${region}-aiplatform.googleapis.com` : `https://aiplatform.${region}.rep.googleapis.com`;
}

function betaOf({ clientHeaders }: Call): Record<string, string> {
  const beta = [clientHeaders['anthropic-beta'] ?? []].flat().join(',');
  return beta === '' ? {} : { 'anthropic-beta': beta };
}

/** Refusals of Google's come as they are or in a list, Claude's in its own language, open models' in OpenAI's. */
function classify(failure: UpstreamFailure): Partial<Verdict> {
  const json = failure.json();
  const body = objectIn(Array.isArray(json) ? json[0] : json);
  const isGoogles = typeof objectIn(body?.['error'])?.['code'] === 'number';
  const reader = body?.['type'] === 'error' ? claude : isGoogles ? geminiProvider : openaiCompatible;
  return reader.classify?.({ ...failure, json: () => body }) ?? {};
}
