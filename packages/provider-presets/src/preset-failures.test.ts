import type { UpstreamFailure, Verdict } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { presetProvider } from './preset-provider.js';
import { presets } from './presets/index.js';

function judged(id: string, status: number, body: unknown): Partial<Verdict> {
  const preset = presets.find((one) => one.id === id);
  if (preset === undefined) throw new Error(`There is no preset ${id}.`);
  const failure: UpstreamFailure = { status, headers: new Map(), text: JSON.stringify(body), json: () => body };
  return presetProvider(preset).classify?.(failure) ?? {};
}

const chatError = (message: string, more: object = {}): object => ({ error: { message, ...more } });

describe('a refusal at a place with words of its own', () => {
  it.each([
    ['zhipu', 429, chatError('余额不足', { code: '1113' }), 'insufficient-quota'],
    ['zhipu', 429, chatError('您当前使用该API的并发数过高', { code: '1302' }), 'rate-limit'],
    ['zhipu', 400, chatError('系统检测到输入或生成内容可能包含敏感内容', { code: '1301' }), 'content-filter'],
    ['moonshot', 429, chatError('Your account is not active', { type: 'exceeded_current_quota_error' }), 'insufficient-quota'],
    ['moonshot', 429, chatError('The engine is currently overloaded', { type: 'engine_overloaded_error' }), 'overloaded'],
    ['minimax', 400, { base_resp: { status_code: 1008, status_msg: 'insufficient balance' } }, 'insufficient-quota'],
    ['dashscope', 400, chatError('Access denied, account is in arrears', { code: 'Arrearage' }), 'insufficient-quota'],
    ['dashscope', 429, chatError('Allocated quota exceeded', { code: 'insufficient_quota' }), 'rate-limit'],
    ['volcengine', 403, chatError('overdue balance', { code: 'AccountOverdueError', type: 'Forbidden' }), 'insufficient-quota'],
    ['siliconflow', 403, { code: 30_001, message: 'Sorry, your account balance is insufficient', data: null }, 'insufficient-quota'],
    [
      'xai',
      403,
      { code: 'x', error: 'Your team has either used all available credits or reached its monthly spending limit.' },
      'insufficient-quota',
    ],
    ['github-models', 413, chatError('Request body too large', { code: 'tokens_limit_reached' }), 'context-length'],
    ['cohere', 400, { id: 'x', message: 'too many tokens: total number of tokens in the prompt cannot exceed 128000' }, 'context-length'],
    ['cohere', 429, { message: 'You are using a Trial key, which is limited to 1000 API calls / month.' }, 'insufficient-quota'],
    ['cohere', 429, { message: 'You are using a Trial key, which is limited to 20 API calls / minute.' }, 'rate-limit'],
    ['cohere', 498, { message: 'invalid api token' }, 'authentication'],
    ['openrouter', 403, chatError('Your chosen model requires moderation and your input was flagged', { code: 403 }), 'content-filter'],
  ])('of %s is understood (%i, %j)', (id, status, body, kind) => {
    const verdict = judged(id, status, body);
    expect(verdict.kind).toBe(kind);
    expect(verdict.message).not.toBe('');
    const isRequests = kind === 'content-filter' || kind === 'context-length';
    expect(verdict).toMatchObject(isRequests ? { scope: 'request', retry: 'never' } : { retry: 'other' });
  });

  it('is read in the language that it came in', () => {
    const claudes = { type: 'error', error: { type: 'billing_error', message: 'Pay.' } };
    expect(judged('deepseek', 402, claudes)).toMatchObject({ kind: 'insufficient-quota', message: 'Pay.' });
    const googles = { error: { code: 400, status: 'INVALID_ARGUMENT', message: 'API key not valid.' } };
    expect(judged('litellm', 400, googles)).toMatchObject({ message: 'API key not valid.' });
    expect(judged('groq', 401, chatError('Invalid API Key', { code: 'invalid_api_key' }))).toMatchObject({ kind: 'authentication' });
  });
});
