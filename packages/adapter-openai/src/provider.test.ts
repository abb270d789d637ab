import type { ProviderCall } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { openaiChat } from './chat/dialect.js';
import { openai, openaiCompatible } from './provider.js';

const own = openai.config.parse({ apiKey: 'sk-1' });
const local = openaiCompatible.config.parse({ baseUrl: 'http://127.0.0.1:9/v1/' });

function call<Config>(config: Config, clientHeaders: ProviderCall<Config>['clientHeaders'] = {}): ProviderCall<Config> {
  return { config, model: 'm', stream: false, framing: 'sse', dialect: openaiChat, clientHeaders };
}

describe('the vendor', () => {
  it('is called at its own address unless another is given, slash or not', () => {
    const [chat] = openai.speaks.filter(({ dialect }) => dialect === openaiChat);
    expect(chat?.url(call(own))).toBe('https://api.openai.com/v1/chat/completions');
    expect(chat?.url(call(openai.config.parse({ apiKey: 'k', baseUrl: 'http://127.0.0.1:9/v1//' })))).toBe(
      'http://127.0.0.1:9/v1/chat/completions',
    );
  });

  it.each([
    ['gpt-3.5-turbo-instruct', ['openai-completions']],
    ['ft:davinci-002:acme::1', ['openai-completions']],
    ['gpt-4o', ['openai-chat', 'openai-responses']],
    ['gpt-3.5-turbo', ['openai-chat', 'openai-responses']],
    ['gpt-5', ['openai-responses', 'openai-chat', 'openai-responses']],
  ])('is asked for %s where it serves it', (model, ids) => {
    const generating = openai.speaks.filter(({ dialect, onDemand, models }) => {
      return dialect.operation === undefined && onDemand !== true && models?.(model) !== false;
    });
    expect(generating.map(({ dialect }) => dialect.id)).toEqual(ids);
  });

  it('gets the channel’s key, and of the client what the dialect lets pass', () => {
    expect(openai.headers(call(own, { 'openai-beta': ['a=v1', 'b=v2'], authorization: undefined }))).toEqual({
      authorization: 'Bearer sk-1',
      'content-type': 'application/json',
      'openai-beta': 'a=v1, b=v2',
    });
    expect(openai.headers(call(own, { authorization: 'Bearer of-the-client' }))['authorization']).toBe('Bearer sk-1');
  });

  it('is told the organisation of a key that belongs to several', () => {
    const config = openai.config.parse({ apiKey: 'k', organization: 'org-1' });
    expect(openai.headers(call(config))).toMatchObject({ 'openai-organization': 'org-1' });
  });

  it.each([
    ['apiKey', {}],
    ['apiKey', { apiKey: '' }],
    ['baseUrl', { apiKey: 'k', baseUrl: 'api.openai.com' }],
    ['baseUrl', { apiKey: 'k', baseUrl: 'file:///etc' }],
    ['organization', { apiKey: 'k', organization: '' }],
  ])('is not configured with a wrong %s', (field, config) => {
    expect(openai.config.safeParse(config).error?.issues[0]?.path).toEqual([field]);
  });

  it('is asked for its models with the same key', () => {
    expect(openai.models?.request(own)).toEqual({
      method: 'GET',
      url: 'https://api.openai.com/v1/models',
      headers: { authorization: 'Bearer sk-1' },
    });
    expect(openai.models?.read({ object: 'list', data: [{ id: 'a' }, { id: 7 }, 'b', { object: 'model' }] })).toEqual([{ id: 'a' }]);
    for (const odd of [undefined, 'gone', {}, { data: {} }]) expect(openai.models?.read(odd)).toEqual([]);
  });
});

describe('a compatible server', () => {
  it('needs an address and no key', () => {
    expect(openaiCompatible.config.safeParse({}).success).toBe(false);
    expect(openaiCompatible.speaks.find(({ dialect }) => dialect === openaiChat)?.url(call(local))).toBe(
      'http://127.0.0.1:9/v1/chat/completions',
    );
    expect(openaiCompatible.headers(call(local))).toEqual({ 'content-type': 'application/json' });
    expect(openaiCompatible.models?.request(local).headers).toEqual({});
  });

  it('gets the key that it wants', () => {
    const config = openaiCompatible.config.parse({ baseUrl: 'http://127.0.0.1:9', apiKey: 'k' });
    expect(openaiCompatible.headers(call(config))).toMatchObject({ authorization: 'Bearer k' });
  });
});
