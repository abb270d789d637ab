import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixtureNamed } from '../replay/fixtures.js';
import { type Behaviour, type ScriptedUpstream, sendJson, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, type ChannelEntry, openToken, pricedByTokens, upstreamKey } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { chatSpeaker } from './conversations/chat-speaker.js';
import { claudeSpeaker } from './conversations/claude-speaker.js';
import { geminiSpeaker } from './conversations/gemini-speaker.js';
import { responsesSpeaker } from './conversations/responses-speaker.js';
import type { Place, Speaker } from './conversations/speaker.js';
import { credentialOf, questionIn, rawCall } from './raw-call.js';

type Json = Record<string, unknown>;

const clients = ['openai-chat', 'openai-responses', 'claude-messages', 'gemini'] as const;
type ClientDialect = (typeof clients)[number];

/** An answer of each vendor, by the path where it is asked for one. */
const answersByPath: readonly (readonly [string, string])[] = [
  ['/chat/completions', 'openai-chat'],
  ['/responses', 'openai-responses'],
  ['/messages', 'claude'],
  [':generateContent', 'gemini'],
];

const answersWell: Behaviour = ({ path }, response) => {
  if (path.includes('count')) return sendJson(response, 200, { input_tokens: 7 });
  const [, folder = ''] = answersByPath.find(([end]) => path.endsWith(end)) ?? [];
  response.writeHead(200, { 'content-type': 'application/json' }).end(fixtureNamed(`${folder}/text.json`).content);
};

interface Upstream {
  readonly model: string;
  readonly provider: 'openai' | 'claude' | 'gemini';
  readonly dialect?: string;
  /** What the upstream has to get for the name. */
  readonly expected: Json;
}

const thinkingOf = ({ path, body }: { readonly path: string; readonly body: Json }): Json => {
  if (path.includes('generateContent'))
    return { path: path.replace(/^.*\//, ''), config: (body['generationConfig'] as Json | undefined)?.['thinkingConfig'] };
  const { model, reasoning_effort: effort, reasoning, thinking, output_config: config } = body;
  return Object.fromEntries(Object.entries({ model, effort, reasoning, thinking, config }).filter(([, value]) => value !== undefined));
};

/** Names by which users ask for a way to think; the vendors know none of them. */
const named: readonly Upstream[] = [
  { model: 'gpt-5-high', provider: 'openai', dialect: 'openai-chat', expected: { model: 'gpt-5', effort: 'high' } },
  { model: 'gpt-5.2-none', provider: 'openai', dialect: 'openai-responses', expected: { model: 'gpt-5.2', reasoning: { effort: 'none' } } },
  {
    model: 'claude-sonnet-4-5-thinking',
    provider: 'claude',
    expected: { model: 'claude-sonnet-4-5', thinking: { type: 'enabled', budget_tokens: 3_200 } },
  },
  {
    model: 'claude-opus-4-7-high',
    provider: 'claude',
    expected: { model: 'claude-opus-4-7', thinking: { type: 'adaptive', display: 'summarized' }, config: { effort: 'high' } },
  },
  {
    model: 'claude-sonnet-4-5-nothinking',
    provider: 'claude',
    expected: { model: 'claude-sonnet-4-5', thinking: { type: 'disabled' } },
  },
  {
    model: 'gemini-2.5-pro-thinking-2048',
    provider: 'gemini',
    expected: { path: 'gemini-2.5-pro:generateContent', config: { includeThoughts: true, thinkingBudget: 2_048 } },
  },
  {
    model: 'gemini-2.5-flash-nothinking',
    provider: 'gemini',
    expected: { path: 'gemini-2.5-flash:generateContent', config: { thinkingBudget: 0 } },
  },
  {
    model: 'gemini-3-pro-preview-low',
    provider: 'gemini',
    expected: { path: 'gemini-3-pro-preview:generateContent', config: { includeThoughts: true, thinkingLevel: 'LOW' } },
  },
];

/** Names that the channel's mapping gives: theirs are taken as they are, and they may name the model without its ending. */
const mapped: readonly (Upstream & { readonly mapping: Readonly<Record<string, string>> })[] = [
  {
    model: 'gpt-5-low',
    provider: 'openai',
    dialect: 'openai-chat',
    mapping: { 'gpt-5-low': 'gpt-5-low' },
    expected: { model: 'gpt-5-low' },
  },
  {
    model: 'claude-haiku-4-5-thinking',
    provider: 'claude',
    mapping: { 'claude-haiku-4-5-thinking': 'resold-thinking' },
    expected: { model: 'resold-thinking' },
  },
  {
    model: 'claude-opus-4-6-max',
    provider: 'claude',
    mapping: { 'claude-opus-4-6': 'claude-opus-4-6@20260205' },
    expected: { model: 'claude-opus-4-6@20260205', thinking: { type: 'adaptive' }, config: { effort: 'max' } },
  },
  { model: 'kimi-k2-thinking', provider: 'claude', mapping: {}, expected: { model: 'kimi-k2-thinking' } },
];

/** Models that are asked by their own names, with the wish in the body. */
const plain: readonly Omit<Upstream, 'expected'>[] = [
  { model: 'gpt-5', provider: 'openai', dialect: 'openai-responses' },
  { model: 'claude-sonnet-4-5', provider: 'claude' },
  { model: 'claude-opus-4-8', provider: 'claude' },
  { model: 'gemini-2.5-flash', provider: 'gemini' },
];

/** How clients of each dialect ask for thinking: to see it, not to see it. */
const asking: Readonly<Record<ClientDialect, (shown: boolean) => Json>> = {
  'openai-chat': (shown) => ({ reasoning: { effort: 'low', exclude: !shown } }),
  'openai-responses': (shown) => ({ reasoning: { effort: 'low', ...(shown ? { summary: 'auto' } : {}) } }),
  'claude-messages': (shown) => ({
    thinking: { type: 'enabled', budget_tokens: 2_000, display: shown ? 'summarized' : 'omitted' },
    max_tokens: 4_000,
  }),
  gemini: (shown) => ({ generationConfig: { thinkingConfig: { thinkingBudget: 1_500, ...(shown ? { includeThoughts: true } : {}) } } }),
};

/** Thinks before it calls a tool, and shows nothing of it but its seal; takes it back in the form in which it gave it, and in no other. */
const omitting: Behaviour = ({ body }, response) => {
  const { messages } = JSON.parse(body.toString('utf8')) as { readonly messages: readonly { readonly content: readonly Json[] }[] };
  const blocks = messages.flatMap(({ content }) => content);
  const isSecond = blocks.some(({ type }) => type === 'tool_result');
  const isBack = blocks.some((block) => block['type'] === 'thinking' && block['thinking'] === '' && block['signature'] === 'c2VhbA==');
  if (isSecond && !isBack) return sendJson(response, 400, { type: 'error', error: { type: 'invalid_request_error', message: 'No seal.' } });
  const thinking = { type: 'thinking', thinking: '', signature: 'c2VhbA==' };
  const call = { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Bern' } };
  const usage = { input_tokens: 9, output_tokens: 3 };
  const content = isSecond ? [{ type: 'text', text: 'Sunny.' }] : [thinking, call];
  const stop = isSecond ? 'end_turn' : 'tool_use';
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-opus-4-8', content, stop_reason: stop, usage };
  return sendJson(response, 200, message);
};

const speakers: Readonly<Record<ClientDialect, (place: Place) => Speaker>> = {
  'openai-chat': chatSpeaker,
  'openai-responses': responsesSpeaker,
  'claude-messages': claudeSpeaker,
  gemini: geminiSpeaker,
};

describe('a wish about thinking', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;

  function channelOf({ model, provider, dialect }: Omit<Upstream, 'expected'>, behaviour = answersWell): ChannelEntry {
    const baseUrl = upstream.place(model, behaviour);
    return {
      name: model,
      provider,
      config: {
        baseUrl: provider === 'openai' ? baseUrl : baseUrl.replace(/\/v1$/, ''),
        apiKey: upstreamKey,
        ...(dialect === undefined ? {} : { dialects: [dialect] }),
      },
      models: [model],
    };
  }

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const channels = [
      ...[...named, ...plain].map((entry) => channelOf(entry)),
      ...mapped.map((entry) => ({ ...channelOf(entry), modelMapping: entry.mapping })),
      ...clients.map((client) => channelOf({ model: `omits-${client}`, provider: 'claude' }, omitting)),
    ];
    const models = pricedByTokens(...channels.map(({ name }) => name));
    gateway = await startGateway({ apply: { models, channels, users: [alice], tokens: [openToken] } });
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  async function seenAt(model: string, client: ClientDialect, fields: Json = {}): Promise<Json> {
    const question = { ...questionIn(client, model), ...limitOf(client), ...fields };
    const call = { url: gateway.url, key: openToken.key, dialect: client, model };
    const answer = await rawCall({ ...call, body: JSON.stringify(question) });
    expect(answer.status, answer.body.toString('utf8')).toBe(200);
    const request = upstream.requestsTo(model).at(-1);
    return thinkingOf({ path: request?.path ?? '', body: JSON.parse(request?.body.toString('utf8') ?? '{}') as Json });
  }

  describe.each(clients)('of a client of %s', (client) => {
    it.each(named)('may stand in the name $model', async ({ model, expected }) => {
      expect(await seenAt(model, client)).toEqual(expected);
    });

    it.each(mapped)('is not looked for in a name that the channel maps: $model', async ({ model, expected }) => {
      expect(await seenAt(model, client)).toEqual(expected);
    });

    it('that wants to see it reaches every vendor', async () => {
      const fields = asking[client](true);
      expect((await seenAt('gpt-5', client, fields))['reasoning']).toMatchObject({ effort: 'low', summary: 'auto' });
      expect((await seenAt('claude-sonnet-4-5', client, fields))['thinking']).not.toMatchObject({ display: 'omitted' });
      expect((await seenAt('claude-opus-4-8', client, fields))['thinking']).toMatchObject({ display: 'summarized' });
      expect((await seenAt('gemini-2.5-flash', client, fields))['config']).toMatchObject({ includeThoughts: true });
    });

    it('that wants not to see it reaches every vendor', async () => {
      const fields = asking[client](false);
      expect((await seenAt('gpt-5', client, fields))['reasoning']).toEqual({ effort: 'low' });
      expect((await seenAt('claude-sonnet-4-5', client, fields))['thinking']).toMatchObject({ display: 'omitted' });
      expect((await seenAt('claude-opus-4-8', client, fields))['thinking']).not.toMatchObject({ display: 'summarized' });
      expect((await seenAt('gemini-2.5-flash', client, fields))['config']).not.toHaveProperty('includeThoughts');
    });

    it('leaves the seal of hidden thinking what it was', async () => {
      const speaker = speakers[client]({ url: gateway.url, key: openToken.key });
      const { calls } = await speaker.ask(`omits-${client}`, false);
      speaker.giveResults(calls.map((call) => ({ call, text: 'Sunny' })));
      expect((await speaker.ask(`omits-${client}`, false)).text).toBe('Sunny.');
    });
  });

  it('in a name counts where tokens are counted, too', async () => {
    const response = await fetch(`${gateway.url}/v1/messages/count_tokens`, {
      method: 'POST',
      headers: credentialOf('claude-messages', openToken.key),
      body: JSON.stringify({ model: 'claude-opus-4-7-high', messages: [{ role: 'user', content: 'Hello' }] }),
    });
    expect(await response.json()).toEqual({ input_tokens: 7 });
    const body: unknown = JSON.parse(upstream.requestsTo('claude-opus-4-7-high').at(-1)?.body.toString('utf8') ?? '');
    expect(body).toMatchObject({ model: 'claude-opus-4-7', thinking: { type: 'adaptive' } });
  });

  it('leaves the books clean', async () => {
    await gateway.expectCleanLedger();
  });
});

/** An output limit of 4,000 tokens, in each client's own words. */
function limitOf(client: ClientDialect): Json {
  switch (client) {
    case 'openai-chat':
      return { max_completion_tokens: 4_000 };
    case 'openai-responses':
      return { max_output_tokens: 4_000 };
    case 'claude-messages':
      return { max_tokens: 4_000 };
    case 'gemini':
      return { generationConfig: { maxOutputTokens: 4_000 } };
  }
}
