import type { ProviderCall } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import type { Preset } from './preset.js';
import type { PresetConfig } from './preset-config.js';
import { type PresetProvider, presetProvider } from './preset-provider.js';

const moon: Preset = {
  id: 'moon',
  title: 'Moon',
  baseUrl: 'https://api.moon.example',
  regions: { europe: 'https://eu.moon.example' },
  headers: { 'x-client': 'tollgate' },
  fields: {
    accountId: { title: 'Account' },
    team: { title: 'Team', header: 'x-team' },
  },
  speaks: [
    { dialect: 'openai-chat', path: '/{accountId}/v1/chat/completions' },
    { dialect: 'openai-responses', path: '/{accountId}/v1/responses', keeps: true },
    { dialect: 'claude-messages', path: '/anthropic/v1/messages', models: /^moon-/ },
    { dialect: 'gemini', path: '/google' },
  ],
  models: { path: '/{accountId}/models', form: 'names-in-result' },
};
const provider = presetProvider(moon);
const config = provider.config.parse({ apiKey: 'k-1', accountId: 'acme', team: 'blue' });

function callOf(dialect: string, more: Partial<ProviderCall<PresetConfig>> = {}): ProviderCall<PresetConfig> {
  const found = provider.speaks.find((spoken) => spoken.dialect.id === dialect);
  if (found === undefined) throw new Error(`Nobody speaks ${dialect}.`);
  return { config, model: 'moon-1', stream: false, framing: 'sse', dialect: found.dialect, clientHeaders: {}, ...more };
}

function urlOf(dialect: string, more: Partial<ProviderCall<PresetConfig>> = {}): string | undefined {
  const call = callOf(dialect, more);
  return provider.speaks.find((spoken) => spoken.dialect === call.dialect)?.url(call);
}

describe('a provider made of a preset', () => {
  it('is at the preset’s paths, with what the operator filled in', () => {
    expect(urlOf('openai-chat')).toBe('https://api.moon.example/acme/v1/chat/completions');
    expect(urlOf('claude-messages')).toBe('https://api.moon.example/anthropic/v1/messages');
    expect(urlOf('gemini', { stream: true })).toBe('https://api.moon.example/google/v1beta/models/moon-1:streamGenerateContent?alt=sse');
    expect(provider.models?.request(config).url).toBe('https://api.moon.example/acme/models');
  });

  it('keeps answers only where the preset says so', () => {
    const [, responses] = provider.speaks;
    expect(responses?.resourceUrl?.(callOf('openai-responses'), '/v1/responses/r1')).toBe('https://api.moon.example/acme/v1/responses/r1');
    expect(provider.speaks.filter(({ resourceUrl }) => resourceUrl !== undefined)).toHaveLength(1);
  });

  it('shows its key as each language would have it', () => {
    const common = { 'x-client': 'tollgate', 'x-team': 'blue', 'content-type': 'application/json' };
    expect(provider.headers(callOf('openai-chat'))).toEqual({ ...common, authorization: 'Bearer k-1' });
    expect(provider.headers(callOf('gemini'))).toEqual({ ...common, 'x-goog-api-key': 'k-1' });
    expect(
      provider.headers(callOf('claude-messages', { clientHeaders: { 'anthropic-version': '2024-01-01', 'anthropic-beta': 'a' } })),
    ).toEqual({
      ...common,
      'x-api-key': 'k-1',
      authorization: 'Bearer k-1',
      'anthropic-version': '2024-01-01',
      'anthropic-beta': 'a',
    });
  });

  it('lets no client change what the preset says', () => {
    const clientHeaders = { authorization: 'Bearer mine', 'x-team': 'red', 'content-type': 'text/plain' };
    expect(provider.headers(callOf('openai-chat', { clientHeaders }))).toEqual(provider.headers(callOf('openai-chat')));
  });

  it('understands chat with thinking in tags for channels that ask for it', () => {
    expect(provider.speaks.filter(({ onDemand }) => onDemand === true).map(({ dialect }) => dialect.id)).toEqual([
      'openai-chat-think-tags',
    ]);
  });

  it('reads names in a result as its models', () => {
    expect(provider.models?.read({ result: [{ name: '@moon/one' }, {}, null] })).toEqual([{ id: '@moon/one' }]);
    expect(provider.models?.read({ result: 'none' })).toEqual([]);
  });

  it('knows its models where the place lists none', () => {
    const silent = presetProvider({ ...moon, models: ['moon-1', 'moon-2'] });
    expect(silent.models).toBeUndefined();
    expect(silent.knownModels).toEqual([{ id: 'moon-1' }, { id: 'moon-2' }]);
  });

  it('has no prices that nobody has written down', () => {
    expect(() => presetProvider({ ...moon, prices: ['Nobody'] })).toThrow('no list of the prices of Nobody');
  });
});

describe('the address in the configuration of a preset', () => {
  const rootOf = (baseUrl: string | undefined, made: PresetProvider = provider): string | undefined =>
    made.config.parse({ apiKey: 'k', accountId: 'a', ...(baseUrl === undefined ? {} : { baseUrl }) })['baseUrl'];

  it('is the preset’s own unless another or a region is named', () => {
    expect(rootOf(undefined)).toBe('https://api.moon.example');
    expect(rootOf('europe')).toBe('https://eu.moon.example');
    expect(rootOf('http://127.0.0.1:9/moon/')).toBe('http://127.0.0.1:9/moon');
  });

  it.each([
    ['https://open.moon.example/api/paas/v4/', '/api/paas/v4/chat/completions', 'openai-chat'],
    ['https://open.moon.example/anthropic', '/anthropic/v1/messages', 'claude-messages'],
    ['https://open.moon.example/anthropic/v1', '/anthropic/v1/messages', 'claude-messages'],
    ['https://open.moon.example', '/chat/completions', 'openai-chat'],
  ] as const)('may go on as vendors print it: %s', (address, path, dialect) => {
    const made = presetProvider({ id: 'moon', title: 'Moon', baseUrl: 'https://a.example', speaks: [{ dialect, path }] });
    expect(rootOf(address, made)).toBe('https://open.moon.example');
  });

  it.each(['asia', 'ftp://moon.example', ''])('is refused if it is none: "%s"', (baseUrl) => {
    const { error } = provider.config.safeParse({ apiKey: 'k', accountId: 'a', baseUrl });
    expect(error?.issues).toEqual([expect.objectContaining({ path: ['baseUrl'], message: 'an address, or one of: europe' })]);
  });

  it.each(['../../elsewhere', 'a/b', 'a b', 'a?b'])('cannot be bent by a field: "%s"', (accountId) => {
    expect(provider.config.safeParse({ apiKey: 'k', accountId }).error?.issues[0]?.path).toEqual(['accountId']);
  });
});
