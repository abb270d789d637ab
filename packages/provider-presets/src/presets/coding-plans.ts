import type { Preset } from '../preset.js';
import { chat, messages, onDemand, responses } from './speech.js';

/** Subscriptions for coding agents: other addresses, keys and models than the same vendors have for all, and no price for a token. */
export const codingPlans: readonly Preset[] = [
  {
    id: 'kimi-coding',
    title: 'Kimi for coding',
    baseUrl: 'https://api.kimi.com',
    speaks: [chat('/coding/v1'), messages('/coding')],
    models: ['kimi-for-coding'],
  },
  {
    id: 'zhipu-coding',
    title: 'GLM coding plan',
    baseUrl: 'https://open.bigmodel.cn',
    regions: { international: 'https://api.z.ai' },
    speaks: [chat('/api/coding/paas/v4', { habits: ['thinking-switch'] }), messages('/api/anthropic'), responses('/api/v1', onDemand)],
    models: ['glm-5.3', 'glm-5.2', 'glm-5.1', 'glm-4.7', 'glm-4.5-air'],
  },
  {
    id: 'volcengine-coding',
    title: 'Volcengine Ark coding plan',
    baseUrl: 'https://ark.cn-beijing.volces.com',
    regions: { international: 'https://ark.ap-southeast.bytepluses.com' },
    speaks: [chat('/api/coding/v3', { habits: ['thinking-switch'] }), messages('/api/coding')],
    models: ['ark-code-latest', 'doubao-seed-2.0-code', 'doubao-seed-code', 'kimi-k2.5', 'glm-4.7', 'deepseek-v3.2'],
  },
  {
    id: 'dashscope-coding',
    title: 'Alibaba coding plan',
    baseUrl: 'https://coding.dashscope.aliyuncs.com',
    regions: { international: 'https://coding-intl.dashscope.aliyuncs.com' },
    speaks: [chat('/v1'), messages('/apps/anthropic')],
    models: ['qwen3.5-plus', 'qwen3-coder-plus', 'qwen3-coder-next', 'qwen3-max-2026-01-23', 'glm-4.7', 'kimi-k2.5'],
  },
];
