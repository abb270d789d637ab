import OpenAI, { APIError, AuthenticationError, RateLimitError } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixtureChannels, fixtureModels, modelNameOf } from '../replay/fixture-channels.js';
import { fixtureNamed } from '../replay/fixtures.js';
import { type ReplayUpstream, startReplayUpstream } from '../replay/replay-upstream.js';
import {
  answers,
  type Behaviour,
  breaksOff,
  refuses,
  type ScriptedUpstream,
  sendJson,
  startScriptedUpstream,
} from '../replay/scripted-upstream.js';
import { alice, type ChannelEntry, keyOf, openToken, pricedByTokens, upstreamKey } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { usageRowsOf } from '../support/usage-rows.js';
import { readError } from './error-shapes.js';

const dialects = ['openai-completions', 'openai-chat', 'openai-responses', 'claude', 'gemini'] as const;
const fixtures = dialects.flatMap((dialect) => [fixtureNamed(`${dialect}/text.json`), fixtureNamed(`${dialect}/text.sse`)]);
const said = 'She said: "Grüße, 世界! 🌍"\nA backslash \\ and a tab\tfollow.';
const prompt = 'Once upon "a" time';

/** Completes as the vendor documents it, one answer for each that is asked for; chats like anybody. */
const vendor: Behaviour = (request, response) => {
  if (!request.path.endsWith('/v1/completions'))
    return answers({ text: 'chatted', usage: { prompt_tokens: 4, completion_tokens: 1 } })(request, response);
  const { n = 1 } = JSON.parse(request.body.toString('utf8')) as { n?: number };
  const choices = Array.from({ length: n }, (_, index) => ({ text: `answer ${index}`, index, logprobs: null, finish_reason: 'stop' }));
  const usage = { prompt_tokens: 10, completion_tokens: 3 * n, total_tokens: 10 + 3 * n };
  return sendJson(response, 200, { id: 'cmpl-1', object: 'text_completion', created: 1, model: 'm', choices, usage });
};

describe('text completions', () => {
  let replay: ReplayUpstream;
  let scripted: ScriptedUpstream;
  let gateway: TestGateway;
  let client: OpenAI;

  const scriptedChannel = (
    name: string,
    behaviour: Behaviour,
    more: Partial<ChannelEntry> = {},
    dialects?: readonly string[],
  ): ChannelEntry => ({
    name,
    provider: 'openai-compatible',
    config: { baseUrl: scripted.place(name, behaviour), apiKey: upstreamKey, ...(dialects && { dialects }) },
    models: [name],
    ...more,
  });

  beforeAll(async () => {
    [replay, scripted] = await Promise.all([startReplayUpstream(), startScriptedUpstream()]);
    const both = ['openai-chat', 'openai-completions'];
    const channels = [
      ...fixtureChannels(replay, fixtures),
      scriptedChannel('own', vendor, { modelMapping: { own: 'name-at-the-upstream' } }, both),
      scriptedChannel('chats-only', vendor),
      scriptedChannel('vendor', vendor, { provider: 'openai', models: ['gpt-3.5-turbo-instruct', 'gpt-4o'] }),
      scriptedChannel('refuses', refuses(429), {}, both),
      scriptedChannel('breaks', breaksOff({ afterChunks: 2 })),
      scriptedChannel('down', refuses(500), { models: ['moves-on'], priority: 1 }, both),
      scriptedChannel('up', vendor, { models: ['moves-on'] }),
      scriptedChannel('chats-first', vendor, { models: ['either'], priority: 1 }),
      scriptedChannel('completes-second', vendor, { models: ['either'] }, both),
      scriptedChannel('down-second', refuses(500), { models: ['neither'] }, both),
      scriptedChannel('chats-too', vendor, { models: ['neither'], priority: 1 }),
    ];
    gateway = await startGateway({
      apply: {
        models: [
          ...fixtureModels(fixtures),
          ...pricedByTokens('own', 'chats-only', 'gpt-3.5-turbo-instruct', 'gpt-4o', 'refuses', 'breaks', 'moves-on', 'either', 'neither'),
        ],
        channels,
        users: [alice, { username: 'bob', password: 'a long enough password', points: 500 }],
        tokens: [
          openToken,
          ...['whole', 'streamed', 'several'].map((name) => ({ name, user: 'alice', key: keyOf(name), unlimited: true })),
          { name: 'poor', user: 'bob', key: keyOf('poor'), unlimited: true },
        ],
      },
    });
    client = clientWith(openToken.key);
  });

  afterAll(async () => {
    await gateway?.stop();
    await Promise.all([replay?.close(), scripted?.close()]);
  });

  const clientWith = (apiKey: string): OpenAI => new OpenAI({ apiKey, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  const bodiesAt = (place: string) => scripted.requestsTo(place).map(({ path, body }) => ({ path, text: body.toString('utf8') }));
  const post = (body: unknown, key = openToken.key) =>
    fetch(`${gateway.url}/v1/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  describe.each(dialects)('of an upstream that speaks %s', (dialect) => {
    const whole = modelNameOf(fixtureNamed(`${dialect}/text.json`));
    const streamed = modelNameOf(fixtureNamed(`${dialect}/text.sse`));

    it('are read by the official client', async () => {
      const answer = await clientWith(keyOf('whole')).completions.create({ model: whole, prompt, max_tokens: 50 });
      expect(answer).toMatchObject({
        object: 'text_completion',
        choices: [{ text: said, index: 0, logprobs: null, finish_reason: 'length' }],
        usage: { prompt_tokens: 120, completion_tokens: 30, total_tokens: 150 },
      });
      expect(replay.requests.at(-1)?.body.toString('utf8')).toContain(JSON.stringify(prompt));
    });

    it.each([true, false])('are streamed to the official client (with usage: %s)', async (withUsage) => {
      const stream = await clientWith(keyOf('streamed')).completions.create({
        model: streamed,
        prompt,
        stream: true,
        ...(withUsage ? { stream_options: { include_usage: true } } : {}),
      });
      let text = '';
      const ends: unknown[] = [];
      const usages: unknown[] = [];
      for await (const { object, choices, usage } of stream) {
        expect(object).toBe('text_completion');
        text += choices[0]?.text ?? '';
        if (choices[0]?.finish_reason) ends.push(choices[0].finish_reason);
        if (usage) usages.push({ choices, total: usage.total_tokens });
      }
      expect({ text, ends, usages }).toEqual({ text: said, ends: ['stop'], usages: withUsage ? [{ choices: [], total: 150 }] : [] });
    });
  });

  it.each(['whole', 'streamed'])('are paid by what the upstream counted, %s', async (way) => {
    const rows = await usageRowsOf(gateway, keyOf(way), way === 'whole' ? dialects.length : 2 * dialects.length);
    // 56 new, 64 cached at half the price, 30 written at twice the price.
    for (const row of rows) {
      expect(row).toMatchObject({ usage: { input: 120, cacheRead: 64, output: 30 }, estimated: false, outcome: 'ok', cost: '148' });
    }
  });

  it('pass as bytes where the upstream speaks the same', async () => {
    const body = `{"prompt": ["a","b"],  "model":"own", "suffix":"end", "echo":true, "n":2, "best_of":3, "logprobs":1, "odd":[1,{}]}`;
    const response = await post(body, keyOf('several'));
    expect(await response.json()).toMatchObject({ choices: [{ text: 'answer 0' }, { text: 'answer 1' }] });
    expect(bodiesAt('own').at(-1)).toEqual({ path: '/own/v1/completions', text: body.replace('"own"', '"name-at-the-upstream"') });
    const [row] = await usageRowsOf(gateway, keyOf('several'), 1);
    expect(row).toMatchObject({ usage: { input: 10, output: 6 }, estimated: false });
    const fixture = fixtureNamed('openai-completions/text.json');
    const recorded = await post({ model: modelNameOf(fixture), prompt: [1, 2, 3] });
    expect(Buffer.from(await recorded.arrayBuffer())).toEqual(fixture.content);
  });

  it('are asked of chat where a server is not known to complete texts', async () => {
    const answer = await client.completions.create({ model: 'chats-only', prompt, stop: ['.'], seed: 7, user: 'u-1', echo: true });
    expect(answer.choices[0]?.text).toBe(`${prompt}chatted`);
    const [seen] = bodiesAt('chats-only');
    expect(seen?.path).toBe('/chats-only/v1/chat/completions');
    expect(JSON.parse(seen?.text ?? '')).toEqual({
      model: 'chats-only',
      messages: [{ role: 'user', content: prompt }],
      stop: ['.'],
      seed: 7,
      user: 'u-1',
    });
  });

  it('go to the one place that the vendor has for a model, whatever the client speaks', async () => {
    await client.completions.create({ model: 'gpt-4o', prompt });
    await client.completions.create({ model: 'gpt-3.5-turbo-instruct', prompt });
    const chatted = await client.chat.completions.create({
      model: 'gpt-3.5-turbo-instruct',
      messages: [{ role: 'user', content: prompt }],
    });
    expect(chatted.choices[0]?.message.content).toBe('answer 0');
    expect(bodiesAt('vendor').map(({ path }) => path.replace('/vendor/v1', ''))).toEqual([
      '/chat/completions',
      '/completions',
      '/completions',
    ]);
    expect(JSON.parse(bodiesAt('vendor').at(-1)?.text ?? '')).toEqual({ model: 'gpt-3.5-turbo-instruct', prompt });
  });

  it('move on to a channel of another dialect', async () => {
    const answer = await client.completions.create({ model: 'moves-on', prompt });
    expect(answer.choices[0]?.text).toBe('chatted');
    expect(bodiesAt('down')).toHaveLength(1);
  });

  it('go past channels that cannot be asked in their dialect to one that can', async () => {
    expect((await client.completions.create({ model: 'either', prompt })).choices[0]?.text).toBe('chatted');
    expect((await client.completions.create({ model: 'either', prompt, suffix: 'The end.' })).choices[0]?.text).toBe('answer 0');
    expect(bodiesAt('chats-first')).toHaveLength(1);
    // The failure of the one that could be asked is what the caller has to know.
    await expect(client.completions.create({ model: 'neither', prompt, suffix: 'The end.' })).rejects.toMatchObject({ status: 502 });
    expect(bodiesAt('chats-too')).toEqual([]);
  });

  it.each<[string, object]>([
    ['prompt', { prompt: [1, 2, 3] }],
    ['prompt', { prompt: [[1, 2], [3]] }],
    ['prompt', { prompt: ['a', 'b'] }],
    ['prompt', {}],
    ['suffix', { prompt, suffix: 'The end.' }],
    ['n', { prompt, n: 2 }],
    ['best_of', { prompt, best_of: 2 }],
    ['n', { prompt, n: 1e9 }],
    ['max_tokens', { prompt, max_tokens: 'many' }],
  ])('are refused for a %s that no other dialect can say: %j', async (field, fields) => {
    const response = await post({ model: 'chats-only', ...fields });
    const body = (await response.json()) as { readonly error: { readonly param: string } };
    expect([response.status, body.error.param]).toEqual([400, field]);
    expect(readError('openai-chat', 400, body).message).toContain(field);
  });

  it('fail in the words that the official client knows', async () => {
    await expect(client.completions.create({ model: 'refuses', prompt })).rejects.toBeInstanceOf(RateLimitError);
    await expect(client.completions.create({ model: 'not-there', prompt })).rejects.toMatchObject({ status: 503, code: 'no_channel' });
    await expect(clientWith('sk-wrong').completions.create({ model: 'own', prompt })).rejects.toBeInstanceOf(AuthenticationError);
    const read = async () => {
      let text = '';
      for await (const { choices } of await client.completions.create({ model: 'breaks', prompt, stream: true }))
        text += choices[0]?.text ?? '';
      return text;
    };
    await expect(read()).rejects.toBeInstanceOf(APIError);
  });

  it('are held for every answer that may be written', async () => {
    const asking = { model: 'own', prompt, max_tokens: 20 };
    const poor = clientWith(keyOf('poor'));
    expect((await poor.completions.create(asking)).choices[0]?.text).toBe('answer 0');
    for (const more of [{ best_of: 20 }, { n: 20 }, { prompt: Array<string>(20).fill('a') }]) {
      await expect(poor.completions.create({ ...asking, ...more })).rejects.toMatchObject({ status: 402 });
    }
  });

  it('leave the books clean', async () => {
    await gateway.expectCleanLedger();
  });
});
