import type { Preset } from '../preset.js';
import { chat, completions, embeddings, messages, onDemand, responses } from './speech.js';

/** Those who resell models of the large vendors, and speak their languages. */
export const resellers: readonly Preset[] = [
  {
    id: 'openrouter',
    title: 'OpenRouter',
    baseUrl: 'https://openrouter.ai',
    fields: {
      siteUrl: { title: 'Site URL', description: 'Shown in its rankings.', header: 'http-referer' },
      siteTitle: { title: 'Site title', description: 'Shown in its rankings.', header: 'x-title' },
    },
    speaks: [
      chat('/api/v1', { habits: ['reasoning-object'] }),
      messages('/api'),
      // It keeps nothing.
      responses('/api/v1', onDemand),
      completions('/api/v1'),
      embeddings('/api/v1'),
    ],
    models: { path: '/api/v1/models', hasPrices: true },
    // Keys for calls alone are refused at some accounts: its documents want a management key.
    balance: { path: '/api/v1/credits', amount: 'data.total_credits', used: { at: 'data.total_usage' }, currency: 'USD' },
    refusals: [{ says: /flagged|moderation/i, kind: 'content-filter' }],
  },
  {
    id: 'vercel-ai-gateway',
    title: 'Vercel AI Gateway',
    baseUrl: 'https://ai-gateway.vercel.sh',
    speaks: [chat('/v1'), responses('/v1'), messages(''), embeddings('/v1')],
    models: { path: '/v1/models' },
    balance: { path: '/v1/credits', amount: 'balance', currency: 'USD' },
  },
  {
    id: 'aihubmix',
    title: 'AiHubMix',
    baseUrl: 'https://aihubmix.com',
    speaks: [chat('/v1'), responses('/v1'), messages(''), { dialect: 'gemini', path: '/gemini', models: /^gemini/ }, embeddings('/v1')],
    models: { path: '/v1/models' },
  },
  {
    id: 'requesty',
    title: 'Requesty',
    baseUrl: 'https://router.requesty.ai',
    regions: { eu: 'https://router.eu.requesty.ai' },
    speaks: [chat('/v1'), messages(''), embeddings('/v1')],
    models: { path: '/v1/models' },
  },
  {
    id: 'poe',
    title: 'Poe',
    baseUrl: 'https://api.poe.com',
    speaks: [chat('/v1'), responses('/v1', onDemand)],
    models: { path: '/v1/models' },
  },
  {
    id: 'opencode-zen',
    title: 'OpenCode Zen',
    baseUrl: 'https://opencode.ai',
    // Each model is reached in its maker's language.
    speaks: [
      messages('/zen', { models: /^claude/ }),
      responses('/zen/v1', { models: /^gpt/ }),
      chat('/zen/v1', { models: /^(?!claude|gpt|gemini)/ }),
    ],
    models: { path: '/zen/v1/models' },
  },
  {
    id: 'dmxapi',
    title: 'DMXAPI',
    baseUrl: 'https://www.dmxapi.cn',
    regions: { international: 'https://www.dmxapi.com' },
    speaks: [chat('/v1'), responses('/v1'), messages(''), embeddings('/v1')],
    models: { path: '/v1/models' },
  },
  {
    id: '302ai',
    title: '302.AI',
    baseUrl: 'https://api.302.ai',
    regions: { china: 'https://api.302ai.cn' },
    speaks: [chat('/v1'), responses('/v1', onDemand), messages(''), embeddings('/v1')],
    models: { path: '/v1/models' },
  },
];
