import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodiesTo, channelIn, plainAnswerIn } from '../relay/plain-vendors.js';
import { type RawAnswer, rawCall } from '../relay/raw-call.js';
import { refuses, type ScriptedUpstream, sendJson, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, type ChannelEntry, neverResting, openToken, pricedByTokens, upstreamKey } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { repositoryFolder } from '../support/repository.js';
import { type UsageRow, usageRowsOf } from '../support/usage-rows.js';

/** Tokens that the vendor of the long instructions has read. */
const read = 80_000;
/** Where each language has what a rule may set. */
const places = {
  'openai-chat': { temperature: 'temperature', maximum: 'max_tokens' },
  'openai-responses': { temperature: 'temperature', maximum: 'max_output_tokens' },
  'claude-messages': { temperature: 'temperature', maximum: 'max_tokens' },
  gemini: { temperature: 'generationConfig.temperature', maximum: 'generationConfig.maxOutputTokens' },
} as const;
const dialects = Object.keys(places) as (keyof typeof places)[];
const long = '船'.repeat(98_000);
/** A schema that goes from the caller's request into that of the upstream as it is. */
const response_format = { type: 'json_schema', json_schema: { name: 'answer', schema: { type: 'object', title: 'mine', properties: {} } } };
const marked = (ttl?: string) => [
  {
    role: 'user',
    content: [{ type: 'text', text: 'Hello '.repeat(1_500), cache_control: { type: 'ephemeral', ...(ttl === undefined ? {} : { ttl }) } }],
  },
];

describe('a request that one of its channels would change', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let receipts = 0;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const dialect = (name: string, id: string, models: readonly string[], more: Partial<ChannelEntry> = {}): ChannelEntry => ({
      ...channelIn(
        id,
        name,
        upstream.place(name, (_request, response) => sendJson(response, 200, plainAnswerIn[id])),
        models,
      ),
      ...more,
    });
    const at = (provider: string, name: string, parameters: readonly object[] = []): ChannelEntry => ({
      name,
      provider,
      config: { baseUrl: upstream.place(name, refuses(500)), apiKey: upstreamKey },
      models: [name],
      parameters,
    });
    const retitles = { parameters: [{ set: { 'text.format.schema.title': 'changed' } }] };
    const spells: ChannelEntry = channelIn(
      'openai-chat',
      'spells',
      upstream.place('spells', (_request, response) =>
        sendJson(response, 200, {
          ...plainAnswerIn['openai-chat'],
          usage: { prompt_tokens: read, completion_tokens: 5, total_tokens: read + 5 },
        }),
      ),
      ['spells'],
    );
    const channels = [
      dialect('asked', 'openai-responses', ['shared'], { priority: 9 }),
      dialect('unasked', 'openai-responses', ['shared'], retitles),
      { ...channelIn('openai-responses', 'first', upstream.place('first', refuses(500)), ['two-tries']), ...retitles, priority: 9 },
      dialect('then', 'openai-responses', ['two-tries']),
      at('mistral', 'renamed', [{ remove: ['max_tokens'] }]),
      at('mistral', 'not-renamed', [{ set: { temperature: 0.5 } }]),
      ...dialects.flatMap((id) => [
        dialect(`warm-${id}`, id, [`warm-${id}`], { parameters: [{ set: { [places[id].temperature]: 0.5 } }] }),
        dialect(`long-${id}`, id, [`long-${id}`], { parameters: [{ set: { [places[id].maximum]: 2_000 } }] }),
      ]),
      at('cohere', 'plain'),
      at('cohere', 'warm', [{ set: { temperature: 0.5 } }]),
      at('cohere', 'longer', [{ set: { max_tokens: 2_000 } }]),
      at('cohere', 'unbounded', [{ remove: ['max_tokens'] }]),
      { ...spells, systemPrompt: { text: long } },
      dialect('marked', 'claude-messages', ['marked']),
      dialect('marked-longer', 'claude-messages', ['marked-longer'], {
        parameters: [{ set: { 'system.0.cache_control.ttl': '1h', 'extra.cache_control.ttl': '1h' } }],
      }),
    ];
    gateway = await startGateway({
      configFile: join(repositoryFolder, 'tests/support/preset-config/tollgate.config.ts'),
      apply: {
        models: pricedByTokens(...new Set(channels.flatMap(({ models }) => models))),
        channels,
        users: [alice],
        tokens: [openToken],
        settings: { ...neverResting, relay: { attemptsMax: 2 } },
      },
    });
  });
  afterAll(async () => {
    await gateway?.expectCleanLedger();
    await gateway?.stop();
    await upstream?.close();
  });

  async function asked(
    model: string,
    more: object,
    dialect = 'openai-chat',
  ): Promise<{ readonly answer: RawAnswer; readonly receipt: UsageRow }> {
    const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }], ...more });
    const answer = await rawCall({ url: gateway.url, key: openToken.key, dialect, model, body });
    receipts += 1;
    const [receipt] = await usageRowsOf(gateway, openToken.key, receipts);
    if (receipt === undefined) throw new Error('There is no receipt.');
    return { answer, receipt };
  }
  const heldFor = async (model: string, more: object, dialect?: string): Promise<number> =>
    Number((await asked(model, more, dialect)).receipt.held);

  it('is sent as it is to the others', async () => {
    const { answer } = await asked('shared', { response_format, max_tokens: 10 });
    expect(answer.status, answer.body.toString()).toBe(200);
    expect(bodiesTo(upstream, 'asked')[0]).toMatchObject({ text: { format: { schema: { title: 'mine' } } } });
  });

  it('is sent as it is where another attempt has changed it before', async () => {
    expect((await asked('two-tries', { response_format, max_tokens: 10 })).answer.status).toBe(200);
    expect(bodiesTo(upstream, 'first')[0]).toMatchObject({ text: { format: { schema: { title: 'changed' } } } });
    expect(bodiesTo(upstream, 'then')[0]).toMatchObject({ text: { format: { schema: { title: 'mine' } } } });
  });

  it('is held for what its vendor reads, under the names by which that vendor reads it', async () => {
    expect(await heldFor('not-renamed', { max_completion_tokens: 10 })).toBeLessThan(100);
    expect(await heldFor('renamed', { max_completion_tokens: 10 })).toBeGreaterThan(4_000);
    expect(bodiesTo(upstream, 'renamed')[0]).not.toHaveProperty('max_tokens');
    expect(bodiesTo(upstream, 'renamed')[0]).not.toHaveProperty('max_completion_tokens');
  });

  it.each(
    dialects.flatMap((client) =>
      client === 'openai-chat' || client === 'claude-messages' ? dialects.map((server) => ({ client, server })) : [],
    ),
  )('is held for what a rule lets it cost, and for no more: $client to $server', async ({ client, server }) => {
    expect(await heldFor(`warm-${server}`, { max_tokens: 10 }, client)).toBeLessThan(600);
    expect(await heldFor(`long-${server}`, { max_tokens: 10 }, client)).toBeGreaterThan(4_000);
  });

  it('is held for no more than it may cost in a language that callers do not speak', async () => {
    const plain = await heldFor('plain', { max_tokens: 10 });
    expect(await heldFor('warm', { max_tokens: 10 })).toBeLessThan(plain + 20);
    expect(await heldFor('longer', { max_tokens: 10 })).toBeGreaterThan(4_000);
    expect(await heldFor('unbounded', { max_tokens: 10 })).toBeGreaterThan(8_000);
  });

  it('is believed to have had so many tokens as its channel has added', async () => {
    const { receipt } = await asked('spells', { max_tokens: 10 });
    expect(receipt).toMatchObject({ suspicious: false, policy: 'upstream-actual', cost: String(read + 10), uncollected: '0' });
    expect(Number(receipt.held)).toBeGreaterThanOrEqual(read);
  });

  it('is held at the price of the longest mark for the cache that it may get', async () => {
    const ask = (model: string, ttl?: string) => heldFor(model, { messages: marked(ttl), max_tokens: 10 }, 'claude-messages');
    const long = await ask('marked', '1h');
    expect(await ask('marked')).toBeLessThan(long);
    expect(await ask('marked-longer')).toBeGreaterThanOrEqual(long);
  });
});
