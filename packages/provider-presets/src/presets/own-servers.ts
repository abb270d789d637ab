import type { Preset, PresetBalance } from '../preset.js';
import { chat, completions, countTokens, embeddings, messages, onDemand, rerank, responses } from './speech.js';

/** As the first vendor of the language once told it: a limit, and what was used of it. Keys without a limit have a hundred million. */
const billing: PresetBalance = {
  path: '/v1/dashboard/billing/subscription',
  amount: 'hard_limit_usd',
  used: { path: '/v1/dashboard/billing/usage', at: 'total_usage', inHundredths: true },
  currency: 'USD',
  unlimitedFrom: 100_000_000,
};

/** Servers and gateways that operators run themselves. Newer ones speak more than chat; which do, channels say. */
export const ownServers: readonly Preset[] = [
  { ...server('ollama', 'Ollama', 11_434), regions: { cloud: 'https://ollama.com' } },
  server('lm-studio', 'LM Studio', 1_234),
  server('vllm', 'vLLM', 8_000, rerank('/v1')),
  server('llama-cpp', 'llama.cpp', 8_080, rerank('/v1')),
  server('sglang', 'SGLang', 30_000, rerank('/v1')),
  {
    id: 'xinference',
    title: 'Xinference',
    baseUrl: 'http://localhost:9997',
    key: 'optional',
    speaks: [chat('/v1'), completions('/v1'), embeddings('/v1'), rerank('/v1')],
    models: { path: '/v1/models' },
  },
  {
    id: 'localai',
    title: 'LocalAI',
    baseUrl: 'http://localhost:8080',
    key: 'optional',
    speaks: [chat('/v1'), completions('/v1'), embeddings('/v1'), rerank('/v1')],
    models: { path: '/v1/models' },
  },
  {
    id: 'litellm',
    title: 'LiteLLM',
    baseUrl: 'http://localhost:4000',
    key: 'optional',
    speaks: [
      chat('/v1'),
      responses('/v1', { keeps: true }),
      messages(''),
      { dialect: 'gemini', path: '' },
      completions('/v1'),
      embeddings('/v1'),
      rerank('/v1'),
      countTokens(''),
    ],
    models: { path: '/v1/models' },
  },
  {
    id: 'new-api',
    title: 'New API',
    baseUrl: 'http://localhost:3000',
    speaks: [
      chat('/v1'),
      responses('/v1'),
      messages(''),
      { dialect: 'gemini', path: '' },
      completions('/v1'),
      embeddings('/v1'),
      rerank('/v1'),
    ],
    models: { path: '/v1/models' },
    balance: billing,
  },
  {
    id: 'one-api',
    title: 'One API',
    baseUrl: 'http://localhost:3000',
    speaks: [chat('/v1'), completions('/v1'), embeddings('/v1')],
    models: { path: '/v1/models' },
    balance: billing,
  },
  {
    id: 'tollgate',
    title: 'Tollgate',
    speaks: [
      chat('/v1'),
      responses('/v1', { keeps: true }),
      messages(''),
      { dialect: 'gemini', path: '' },
      completions('/v1'),
      embeddings('/v1'),
      rerank('/v1'),
      countTokens(''),
      { dialect: 'openai-input-tokens', path: '/v1/responses/input_tokens' },
      { dialect: 'gemini-count-tokens', path: '' },
      { dialect: 'gemini-embed-content', path: '' },
      { dialect: 'gemini-batch-embed-contents', path: '' },
    ],
    models: { path: '/v1/models' },
  },
];

/** A server of open models on the operator's own machine. */
function server(id: string, title: string, port: number, ...more: Preset['speaks']): Preset {
  return {
    id,
    title,
    baseUrl: `http://localhost:${port}`,
    key: 'optional',
    speaks: [chat('/v1'), responses('/v1', onDemand), messages('', onDemand), completions('/v1'), embeddings('/v1'), ...more],
    models: { path: '/v1/models' },
  };
}
