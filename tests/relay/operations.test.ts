import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Behaviour, refuses, type ScriptedUpstream, sendJson, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, type ChannelEntry, keyOf, openToken, pricedByTokens, upstreamKey } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { accountOf, usageRowsOf } from '../support/usage-rows.js';
import { readError } from './error-shapes.js';
import { credentialOf } from './raw-call.js';

/** Vectors that 32-bit floats hold exactly. */
const vectors = [
  [0.5, -0.25, 1],
  [0.125, 2, -4],
] as const;

/** Answers as each vendor documents it, whatever is asked. */
const vendor: Behaviour = ({ path, body }, response) => {
  const request = JSON.parse(body.toString('utf8')) as { requests?: readonly unknown[]; input?: unknown; encoding_format?: string };
  const asked = request.requests?.length ?? (Array.isArray(request.input) ? request.input.length : 1);
  const answered = vectors.slice(0, asked);
  if (path.endsWith('/embeddings')) {
    const written = request.encoding_format === 'base64' ? answered.map(base64Of) : answered;
    // The vendor numbers the vectors and promises no order.
    const data = written.map((embedding, index) => ({ object: 'embedding', index, embedding })).toReversed();
    return sendJson(response, 200, { object: 'list', data, model: 'vendor-embed', usage: { prompt_tokens: 12, total_tokens: 12 } });
  }
  if (path.includes(':batchEmbedContents')) return sendJson(response, 200, { embeddings: answered.map((values) => ({ values })) });
  if (path.includes(':embedContent')) return sendJson(response, 200, { embedding: { values: vectors[0] } });
  if (path.includes(':countTokens')) return sendJson(response, 200, { totalTokens: 31 });
  if (path.includes('/input_tokens')) return sendJson(response, 200, { object: 'response.input_tokens', input_tokens: 32 });
  if (path.includes('/count_tokens')) return sendJson(response, 200, { input_tokens: 33 });
  return sendJson(response, 404, { error: { message: `There is no ${path}.` } });
};

const providers = ['openai', 'claude', 'gemini', 'openai-compatible'] as const;

function channelTo(provider: string, name: string, baseUrl: string, models: readonly string[]): ChannelEntry {
  const isRoot = provider === 'claude' || provider === 'gemini';
  return {
    name,
    provider,
    config: { baseUrl: isRoot ? baseUrl.replace(/\/v1$/, '') : baseUrl, apiKey: upstreamKey },
    models,
    modelMapping: Object.fromEntries(models.map((model) => [model, `${model}-upstream`])),
  };
}

describe('an operation beside generation', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let openai: OpenAI;
  let anthropic: Anthropic;
  let google: GoogleGenAI;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const channels = [
      ...providers.map((provider) => channelTo(provider, provider, upstream.place(provider, vendor), [`at-${provider}`])),
      channelTo('openai', 'down', upstream.place('down', refuses(500)), ['moves-on']),
      channelTo('openai', 'up', upstream.place('up', vendor), ['moves-on']),
    ];
    gateway = await startGateway({
      apply: {
        models: pricedByTokens('moves-on', ...providers.map((provider) => `at-${provider}`)),
        channels: channels.map((channel) => ({ ...channel, priority: channel.name === 'down' ? 1 : 0 })),
        users: [alice, { username: 'bob', password: 'a long enough password', points: 1 }],
        tokens: [
          openToken,
          ...['counted', 'embedded'].map((name) => ({ name, user: 'alice', key: keyOf(name), unlimited: true })),
          { name: 'poor', user: 'bob', key: keyOf('poor'), unlimited: true },
        ],
      },
    });
    openai = new OpenAI({ apiKey: openToken.key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
    anthropic = new Anthropic({ apiKey: openToken.key, baseURL: gateway.url, maxRetries: 0 });
    google = new GoogleGenAI({ apiKey: openToken.key, httpOptions: { baseUrl: gateway.url } });
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  const lastBody = (place: string): unknown => JSON.parse(upstream.requestsTo(place).at(-1)?.body.toString('utf8') ?? 'null') as unknown;

  describe.each(['openai', 'openai-compatible', 'gemini'])('embeds at %s', (provider) => {
    const model = `at-${provider}`;

    it.each(['float', 'base64', undefined] as const)('for a client of OpenAI that asks for %s', async (format) => {
      const answer = await openai.embeddings.create({ model, input: ['one', 'two'], ...(format && { encoding_format: format }) });
      const ordered = answer.data.toSorted((left, right) => left.index - right.index);
      const read = ordered.map(({ embedding }) => (typeof embedding === 'string' ? floatsIn(embedding) : embedding));
      expect(read).toEqual(vectors);
    });

    it('for a client of Google', async () => {
      const answer = await google.models.embedContent({ model, contents: ['one', 'two'], config: { outputDimensionality: 3 } });
      expect(answer.embeddings?.map(({ values }) => values)).toEqual(vectors);
      expect(JSON.stringify(lastBody(provider))).toContain('3');
    });

    it('for a client of Google that asks for one vector', async () => {
      const response = await fetch(`${gateway.url}/v1beta/models/${model}:embedContent`, {
        method: 'POST',
        headers: credentialOf('gemini', openToken.key),
        body: JSON.stringify({ model: `models/${model}`, content: { parts: [{ text: 'one' }] } }),
      });
      expect(await response.json()).toMatchObject({ embedding: { values: vectors[0] } });
      expect(JSON.stringify(lastBody(provider))).toContain(`${model}-upstream`);
    });
  });

  it('is paid by what the upstream counted', async () => {
    const client = new OpenAI({ apiKey: keyOf('embedded'), baseURL: `${gateway.url}/v1` });
    await client.embeddings.create({ model: 'at-openai', input: 'one' });
    const [row] = await usageRowsOf(gateway, keyOf('embedded'), 1);
    expect(row).toMatchObject({ usage: { input: 12, output: 0 }, estimated: false, cost: '12' });
  });

  it('is estimated by its input alone where the upstream counts nothing', async () => {
    const client = new OpenAI({ apiKey: keyOf('embedded'), baseURL: `${gateway.url}/v1` });
    await client.embeddings.create({ model: 'at-gemini', input: 'one '.repeat(400) });
    const [row] = await usageRowsOf(gateway, keyOf('embedded'), 2);
    expect(row).toMatchObject({ usage: { output: 0 }, estimated: true });
    expect(row?.usage.input).toBeGreaterThan(300);
  });

  it('is refused where the balance cannot pay for it', async () => {
    const client = new OpenAI({ apiKey: keyOf('poor'), baseURL: `${gateway.url}/v1`, maxRetries: 0 });
    await expect(client.embeddings.create({ model: 'at-openai', input: 'one '.repeat(400) })).rejects.toMatchObject({ status: 402 });
  });

  it('moves on to the next channel', async () => {
    const answer = await openai.embeddings.create({ model: 'moves-on', input: 'one', encoding_format: 'float' });
    expect(answer.data[0]?.embedding).toEqual(vectors[0]);
    expect(upstream.requestsTo('down')).toHaveLength(1);
  });

  it('has no channel where no vendor of the model offers it', async () => {
    await expect(openai.embeddings.create({ model: 'at-claude', input: 'one' })).rejects.toMatchObject({ status: 503, code: 'no_channel' });
  });

  it('names the field that is wrong, in the dialect of its client', async () => {
    const cases = [
      { path: '/v1/embeddings', dialect: 'openai-chat', body: { model: 'at-gemini', input: { text: 'one' } } },
      { path: '/v1beta/models/at-openai:embedContent', dialect: 'gemini', body: { content: { parts: [{ inlineData: {} }] } } },
      { path: '/v1beta/models/at-openai:batchEmbedContents', dialect: 'gemini', body: { requests: [] } },
      { path: '/v1/messages/count_tokens', dialect: 'claude-messages', body: { messages: [] } },
    ];
    for (const { path, dialect, body } of cases) {
      const response = await fetch(`${gateway.url}${path}`, {
        method: 'POST',
        headers: credentialOf(dialect, openToken.key),
        body: JSON.stringify(body),
      });
      expect(response.status, path).toBe(400);
      expect(readError(dialect, 400, await response.json()).message).toMatch(/input|content|requests|model/);
    }
  });

  describe.each(providers)('counts tokens at %s', (provider) => {
    const model = `at-${provider}`;
    const expected = { openai: 32, claude: 33, gemini: 31, 'openai-compatible': undefined }[provider];

    it('for every dialect, and estimates where the upstream cannot count', async () => {
      const long = 'word '.repeat(1_000);
      const counts = [
        (await openai.responses.inputTokens.count({ model, input: long })).input_tokens,
        (await anthropic.messages.countTokens({ model, messages: [{ role: 'user', content: long }] })).input_tokens,
        (await google.models.countTokens({ model, contents: long })).totalTokens ?? 0,
      ];
      if (expected === undefined) for (const count of counts) expect(count).toBeGreaterThan(800);
      else expect(counts).toEqual([expected, expected, expected]);
    });
  });

  it('says that a count is an estimate', async () => {
    const count = (model: string) =>
      fetch(`${gateway.url}/v1/messages/count_tokens`, {
        method: 'POST',
        headers: credentialOf('claude-messages', keyOf('counted')),
        body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
      });
    expect((await count('at-openai-compatible')).headers.get('x-tollgate-estimated')).toBe('true');
    expect((await count('at-claude')).headers.get('x-tollgate-estimated')).toBeNull();
  });

  it('costs nothing to count', async () => {
    const before = await accountOf(gateway, keyOf('poor'));
    const response = await fetch(`${gateway.url}/v1/messages/count_tokens`, {
      method: 'POST',
      headers: credentialOf('claude-messages', keyOf('poor')),
      body: JSON.stringify({ model: 'at-claude', messages: [{ role: 'user', content: 'word '.repeat(1_000) }] }),
    });
    expect(await response.json()).toEqual({ input_tokens: 33 });
    expect(await accountOf(gateway, keyOf('poor'))).toEqual(before);
  });

  it('leaves the books clean', async () => {
    await gateway.expectCleanLedger();
  });
});

function base64Of(vector: readonly number[]): string {
  return Buffer.from(Float32Array.from(vector).buffer).toString('base64');
}

function floatsIn(base64: string): readonly number[] {
  const bytes = Buffer.from(base64, 'base64');
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
}
