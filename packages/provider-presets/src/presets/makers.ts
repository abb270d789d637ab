import type { Preset } from '../preset.js';
import { chat, cohere, completions, embeddings, rerank, responses } from './speech.js';

/** Those who serve models of their own. */
export const makers: readonly Preset[] = [
  {
    id: 'mistral',
    title: 'Mistral',
    baseUrl: 'https://api.mistral.ai',
    regions: { eu: 'https://api.eu.mistral.ai', codestral: 'https://codestral.mistral.ai' },
    speaks: [
      chat('/v1', {
        habits: ['nine-character-call-ids', 'no-stream-options', 'no-thinking-in-history', 'older-names', 'plain-messages'],
        refuses: ['user', 'logit_bias', 'logprobs', 'top_logprobs', 'store', 'service_tier', 'verbosity', 'web_search_options'],
      }),
      embeddings('/v1'),
    ],
    models: { path: '/v1/models' },
    prices: ['Mistral'],
  },
  {
    id: 'xai',
    title: 'xAI',
    baseUrl: 'https://api.x.ai',
    regions: { us: 'https://us.api.x.ai' },
    speaks: [
      // Models that reason refuse what shapes single tokens.
      chat('/v1', { models: /^grok-(?:3-mini|[4-9]|code)/, refuses: ['presence_penalty', 'frequency_penalty', 'stop'] }),
      chat('/v1'),
      responses('/v1', { keeps: true }),
    ],
    models: { path: '/v1/models' },
    prices: ['xAI'],
    refusals: [
      { says: /used all available credits|monthly spending limit/i, kind: 'insufficient-quota' },
      { says: /violates usage guidelines|SAFETY_CHECK/i, kind: 'content-filter' },
    ],
  },
  {
    id: 'perplexity',
    title: 'Perplexity',
    baseUrl: 'https://api.perplexity.ai',
    speaks: [
      { dialect: 'openai-chat-think-tags', path: '/chat/completions', models: /^[^/]*reasoning/, habits: ['open-top-p'] },
      chat('', { models: /^[^/]+$/, habits: ['open-top-p'] }),
      // Models of others, by names like openai/gpt-5.4, are there and nowhere else.
      responses('/v1', { models: /\// }),
    ],
    models: [
      { id: 'sonar', contextTokensMax: 128_000 },
      { id: 'sonar-pro', contextTokensMax: 200_000 },
      { id: 'sonar-reasoning-pro', contextTokensMax: 128_000 },
      { id: 'sonar-deep-research', contextTokensMax: 128_000 },
    ],
    prices: ['Perplexity'],
  },
  {
    id: 'cohere',
    title: 'Cohere',
    baseUrl: 'https://api.cohere.com',
    speaks: [
      ...cohere('/v2'),
      chat('/compatibility/v1', {
        refuses: [
          'store',
          'metadata',
          'logit_bias',
          'top_logprobs',
          'n',
          'modalities',
          'prediction',
          'audio',
          'service_tier',
          'parallel_tool_calls',
        ],
      }),
      embeddings('/compatibility/v1'),
      rerank('/v2'),
    ],
    models: [
      { id: 'command-a-03-2025', contextTokensMax: 256_000 },
      { id: 'command-a-reasoning-08-2025', contextTokensMax: 256_000 },
      { id: 'command-r-plus-08-2024', contextTokensMax: 128_000 },
      { id: 'command-r-08-2024', contextTokensMax: 128_000 },
      { id: 'command-r7b-12-2024', contextTokensMax: 128_000 },
      { id: 'embed-v4.0', contextTokensMax: 128_000 },
      'rerank-v4.0-pro',
      'rerank-v4.0-fast',
      'rerank-v3.5',
    ],
    prices: ['Cohere'],
    refusals: [
      { says: /too many tokens/i, kind: 'context-length' },
      { says: /trial key[^]*\bmonth\b/i, kind: 'insufficient-quota' },
      { says: /invalid (?:api )?token/i, kind: 'authentication' },
    ],
  },
  {
    id: 'jina',
    title: 'Jina',
    baseUrl: 'https://api.jina.ai',
    speaks: [embeddings('/v1'), rerank('/v1')],
    models: [
      { id: 'jina-embeddings-v4', contextTokensMax: 32_768 },
      { id: 'jina-embeddings-v3', contextTokensMax: 8_192 },
      'jina-code-embeddings-1.5b',
      'jina-reranker-v3',
      'jina-reranker-m0',
      'jina-reranker-v2-base-multilingual',
    ],
    refusals: [{ says: /insufficient (?:account )?balance/i, kind: 'insufficient-quota' }],
  },
  {
    id: 'github-models',
    title: 'GitHub Models',
    baseUrl: 'https://models.github.ai',
    headers: { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
    speaks: [chat('/inference'), embeddings('/inference')],
    models: { path: '/catalog/models', form: 'list' },
    refusals: [{ names: ['tokens_limit_reached'], kind: 'context-length' }],
  },
  {
    id: 'ai21',
    title: 'AI21',
    baseUrl: 'https://api.ai21.com',
    speaks: [chat('/studio/v1')],
    models: [
      { id: 'jamba-large', contextTokensMax: 256_000 },
      { id: 'jamba-mini', contextTokensMax: 256_000 },
    ],
  },
  {
    id: 'upstage',
    title: 'Upstage',
    baseUrl: 'https://api.upstage.ai',
    speaks: [chat('/v1'), embeddings('/v1')],
    models: ['solar-pro3', 'solar-pro2', 'solar-mini'],
  },
  {
    id: 'inception',
    title: 'Inception',
    baseUrl: 'https://api.inceptionlabs.ai',
    speaks: [chat('/v1'), completions('/v1')],
    models: { path: '/v1/models' },
  },
];
