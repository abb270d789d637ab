import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alice, chatChannel, keyOf, openToken, pricedByTokens } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { readError } from './error-shapes.js';

const narrowKey = keyOf('narrow');
const nowhere = 'http://127.0.0.1:9/v1';

async function gather<Item>(pages: AsyncIterable<Item>): Promise<readonly Item[]> {
  const items: Item[] = [];
  for await (const item of pages) items.push(item);
  return items;
}

describe('the list of models', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway({
      apply: {
        groups: { vip: { ratio: 0.5 } },
        models: pricedByTokens('one', 'two', 'vip-only'),
        channels: [chatChannel('open', nowhere, ['one', 'two']), chatChannel('vip', nowhere, ['vip-only'], { groups: ['vip'] })],
        users: [alice],
        tokens: [openToken, { name: 'narrow', user: 'alice', key: narrowKey, unlimited: true, models: ['two', 'vip-only'] }],
      },
    });
  });

  afterAll(async () => {
    await gateway?.stop();
  });

  const openai = (key: string): OpenAI => new OpenAI({ apiKey: key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  const anthropic = (key: string): Anthropic => new Anthropic({ apiKey: key, baseURL: gateway.url, maxRetries: 0 });
  const google = (key: string): GoogleGenAI => new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: gateway.url } });

  const lists = [
    { title: 'openai', list: async (key: string) => (await gather(await openai(key).models.list())).map(({ id }) => id) },
    {
      title: '@anthropic-ai/sdk',
      list: async (key: string) => (await gather(await anthropic(key).models.list())).map(({ id }) => id),
    },
    {
      title: '@google/genai',
      list: async (key: string) => (await gather(await google(key).models.list())).map(({ name }) => name?.replace('models/', '')),
    },
  ];

  it.each(lists)('shows $title what the group of the token can reach', async ({ list }) => {
    expect(new Set(await list(openToken.key))).toEqual(new Set(['one', 'two']));
  });

  it.each(lists)('shows $title no more than the token may use', async ({ list }) => {
    expect(await list(narrowKey)).toEqual(['two']);
  });

  it('has a page for each model, in the shape of the client', async () => {
    expect(await openai(openToken.key).models.retrieve('one')).toMatchObject({ id: 'one', object: 'model' });
    expect(await anthropic(openToken.key).models.retrieve('one')).toMatchObject({ id: 'one', type: 'model' });
    expect(await google(openToken.key).models.get({ model: 'one' })).toMatchObject({ name: 'models/one' });
  });

  it.each([
    { dialect: 'openai-chat', path: '/v1/models/one', headers: {} },
    { dialect: 'claude-messages', path: '/v1/models/one', headers: { 'anthropic-version': '2023-06-01' } },
    { dialect: 'gemini', path: '/v1beta/models/one', headers: {} },
  ])('has no page for a model that the token may not use ($dialect)', async ({ dialect, path, headers }) => {
    const response = await fetch(`${gateway.url}${path}`, { headers: { authorization: `Bearer ${narrowKey}`, ...headers } });
    expect(response.status).toBe(404);
    expect(readError(dialect, 404, await response.json()).code).toBe('model_not_found');
  });

  it('asks for a key', async () => {
    expect((await fetch(`${gateway.url}/v1/models`)).status).toBe(401);
    expect((await fetch(`${gateway.url}/v1beta/models`)).status).toBe(401);
  });
});
