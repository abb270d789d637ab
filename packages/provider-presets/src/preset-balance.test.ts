import { describe, expect, it } from 'vitest';
import { presetProvider } from './preset-provider.js';
import { presets } from './presets/index.js';

/** How the place of a preset is asked, and what it is understood to say, answer by answer. */
function asked(id: string, config: object, ...bodies: readonly unknown[]): { readonly urls: readonly string[]; readonly balance: unknown } {
  const preset = presets.find((one) => one.id === id);
  if (preset === undefined) throw new Error(`There is no preset ${id}.`);
  const { config: schema, balance } = presetProvider(preset);
  const settings = schema.parse({ apiKey: 'k-1', ...config });
  const requests = balance?.requests(settings) ?? [];
  for (const { method, headers } of requests) expect([method, headers['authorization']]).toEqual(['GET', 'Bearer k-1']);
  return { urls: requests.map(({ url }) => url), balance: balance?.read(bodies, settings) };
}

const amounts = (...stated: readonly (readonly [number, string])[]): object => ({
  amounts: stated.map(([micros, currency]) => ({ micros, currency })),
});

describe('the balance of a place', () => {
  it('is told by DeepSeek in each currency', () => {
    const infos = [
      { currency: 'CNY', total_balance: '110.00', granted_balance: '10.00', topped_up_balance: '100.00' },
      { currency: 'USD', total_balance: '-0.50', granted_balance: '0.00', topped_up_balance: '-0.50' },
    ];
    expect(asked('deepseek', {}, { is_available: true, balance_infos: infos })).toEqual({
      urls: ['https://api.deepseek.com/user/balance'],
      balance: amounts([110_000_000, 'CNY'], [-500_000, 'USD']),
    });
    expect(asked('deepseek', {}, { balance_infos: [infos[0], { currency: 'USD' }] }).balance).toBeUndefined();
    expect(asked('deepseek', {}, { balance_infos: [] }).balance).toBeUndefined();
  });

  it('is what is left of the credits of OpenRouter', () => {
    expect(asked('openrouter', {}, { data: { total_credits: 100.5, total_usage: 25.750001 } })).toEqual({
      urls: ['https://openrouter.ai/api/v1/credits'],
      balance: amounts([74_749_999, 'USD']),
    });
    expect(asked('openrouter', {}, { data: { total_credits: 100.5 } }).balance).toBeUndefined();
  });

  it.each([
    ['moonshot', 'https://api.moonshot.cn/v1/users/me/balance', 'CNY', {}],
    ['moonshot', 'https://api.moonshot.ai/v1/users/me/balance', 'USD', { baseUrl: 'international' }],
    ['moonshot', 'https://api.moonshot.ai/v1/users/me/balance', 'USD', { baseUrl: 'https://api.moonshot.ai/v1' }],
    ['moonshot', 'https://proxy.example/v1/users/me/balance', 'CNY', { baseUrl: 'https://proxy.example' }],
  ])('is in the currency of the region: %s, %s', (id, url, currency, config) => {
    const body = { code: 0, data: { available_balance: 49.58894, voucher_balance: 46.58893, cash_balance: 3.00001 }, status: true };
    expect(asked(id, config, body)).toEqual({ urls: [url], balance: amounts([49_588_940, currency]) });
  });

  it('is told by SiliconFlow, StepFun and Vercel', () => {
    const user = { code: 20_000, status: true, data: { balance: '0.88', chargeBalance: '88.00', totalBalance: '88.88' } };
    expect(asked('siliconflow', { baseUrl: 'international' }, user)).toEqual({
      urls: ['https://api.siliconflow.com/v1/user/info'],
      balance: amounts([88_880_000, 'USD']),
    });
    const account = { object: 'account', type: 'prepaid', balance: 12.5, total_cash_balance: 0, total_voucher_balance: 26 };
    expect(asked('stepfun', {}, account)).toEqual({
      urls: ['https://api.stepfun.com/v1/accounts'],
      balance: amounts([12_500_000, 'CNY']),
    });
    expect(asked('vercel-ai-gateway', {}, { balance: '95.50', total_used: '4.50' })).toEqual({
      urls: ['https://ai-gateway.vercel.sh/v1/credits'],
      balance: amounts([95_500_000, 'USD']),
    });
  });

  it.each(['new-api', 'one-api'])('is the limit at %s less what was used, or none', (id) => {
    const config = { baseUrl: 'https://other.example/v1' };
    const urls = ['subscription', 'usage'].map((part) => `https://other.example/v1/dashboard/billing/${part}`);
    expect(asked(id, config, { hard_limit_usd: 20 }, { total_usage: 1_234.5678 })).toEqual({
      urls,
      balance: amounts([7_654_322, 'USD']),
    });
    expect(asked(id, config, { hard_limit_usd: 100_000_000 }, { total_usage: 5 }).balance).toEqual({ amounts: [], unlimited: true });
    expect(asked(id, config, { hard_limit_usd: 20 }, { error: { message: 'No.' } }).balance).toBeUndefined();
  });
});
