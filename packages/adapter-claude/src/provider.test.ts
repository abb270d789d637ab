import { jsonSchemaOf, type PluginHost, type ProviderCall, secretFields, type z } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { claudeCountTokens } from './claude-messages/count-tokens.js';
import { claudeMessages } from './claude-messages/dialect.js';
import adapter, { claude } from './index.js';

type Call = ProviderCall<z.output<typeof claude.config>>;

function providerCall(fields: Partial<Call> = {}): Call {
  return {
    config: claude.config.parse({ apiKey: 'k' }),
    model: 'claude-x',
    stream: false,
    framing: 'sse',
    dialect: claudeMessages,
    clientHeaders: {},
    ...fields,
  };
}

describe('claude', () => {
  it('asks for no more than a key', () => {
    expect(claude.config.parse({ apiKey: 'k' })).toEqual({ baseUrl: 'https://api.anthropic.com', apiKey: 'k' });
    expect(() => claude.config.parse({ apiKey: 'k', baseUrl: 'nowhere' })).toThrow();
    expect(secretFields(claude.config)).toEqual(['apiKey']);
    expect(jsonSchemaOf(claude.config)).toMatchObject({ required: ['apiKey'] });
  });

  it('sends to the host of the channel, with or without a slash at its end', () => {
    const url = (baseUrl: string) => claude.speaks[0]?.url(providerCall({ config: { baseUrl, apiKey: 'k' } }));
    expect(url('https://example.org')).toBe('https://example.org/v1/messages');
    expect(url('https://example.org/claude/')).toBe('https://example.org/claude/v1/messages');
  });

  it('sends the channel’s key and what the client says about versions', () => {
    expect(claude.headers(providerCall())).toEqual({
      'x-api-key': 'k',
      'anthropic-version': '2023-06-01',
      'content-type': 'application/json',
    });
    const clientHeaders = { 'anthropic-version': '2026-10-21', 'anthropic-beta': ['a', 'b'] };
    expect(claude.headers(providerCall({ clientHeaders }))).toMatchObject({ 'anthropic-version': '2026-10-21', 'anthropic-beta': 'a,b' });
  });

  it('reads the vendor’s list of models', () => {
    expect(claude.models?.request({ baseUrl: 'https://example.org/', apiKey: 'k' })).toEqual({
      method: 'GET',
      url: 'https://example.org/v1/models?limit=1000',
      headers: { 'x-api-key': 'k', 'anthropic-version': '2023-06-01' },
    });
    const data = [
      { id: 'claude-x', display_name: 'Claude X', max_input_tokens: 200_000, max_tokens: 64_000 },
      { id: 'claude-y', max_tokens: null },
      {},
      7,
    ];
    expect(claude.models?.read({ data })).toEqual([
      { id: 'claude-x', title: 'Claude X', contextTokensMax: 200_000, outputTokensMax: 64_000 },
      { id: 'claude-y' },
    ]);
    expect(claude.models?.read('nothing')).toEqual([]);
  });
});

describe('the plugin', () => {
  it('brings the dialect and the provider', async () => {
    expect(adapter.pluginName).toBe('@tollgate/adapter-claude');
    // It takes nothing from its host.
    expect(await adapter().start({} as PluginHost)).toEqual({ dialects: [claudeMessages, claudeCountTokens], providers: [claude] });
  });
});
