import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { channelIn, plainAnswerIn } from '../relay/plain-vendors.js';
import { type RawAnswer, rawCall } from '../relay/raw-call.js';
import { type Behaviour, refuses, type ScriptedUpstream, sendJson, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { type ChannelEntry, keyOf, neverResting, pricedByTokens } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { millipointsOf } from '../support/points.js';
import { accountOf, usageRowsOf } from '../support/usage-rows.js';

/** Enough for each of the callers' own requests, and for none of what their channels make of them. */
const thin = 700;
const long = 'Answer like the captain of an old ship. '.repeat(120);

interface Case {
  readonly title: string;
  /** Of the caller. */
  readonly dialect: 'openai-chat' | 'claude-messages';
  readonly upstream: 'openai-chat' | 'gemini';
  readonly changes: Partial<ChannelEntry>;
  /** True if the channel with the changes is asked after another one has failed. */
  readonly isSecond?: boolean;
  readonly stream?: boolean;
}

const chat = { dialect: 'openai-chat', upstream: 'openai-chat' } as const;
const cases: Readonly<Record<string, Case>> = {
  prompt: { title: 'a system prompt', ...chat, changes: { systemPrompt: { text: long } } },
  streamed: { title: 'a system prompt of a stream', ...chat, changes: { systemPrompt: { text: long } }, stream: true },
  second: { title: 'a system prompt of the second channel', ...chat, changes: { systemPrompt: { text: long } }, isSecond: true },
  translated: {
    title: 'a system prompt in another language',
    dialect: 'claude-messages',
    upstream: 'gemini',
    changes: { systemPrompt: { text: long } },
  },
  choices: { title: 'a rule that asks for more answers', ...chat, changes: { parameters: [{ set: { n: 20 } }] } },
  longer: { title: 'a rule that allows a longer answer', ...chat, changes: { parameters: [{ set: { max_tokens: 2_000 } }] } },
  unbounded: { title: 'a rule that takes the maximum away', ...chat, changes: { parameters: [{ remove: ['max_tokens'] }] } },
  elsewhere: {
    title: 'a rule that allows a longer answer in another language',
    dialect: 'claude-messages',
    upstream: 'openai-chat',
    changes: { parameters: [{ set: { max_tokens: 2_000 } }] },
  },
  nested: {
    title: 'a rule for a field inside another',
    dialect: 'openai-chat',
    upstream: 'gemini',
    changes: { parameters: [{ set: { 'generationConfig.maxOutputTokens': 2_000 } }] },
  },
  written: {
    title: 'a rule that writes the history',
    ...chat,
    changes: { parameters: [{ set: { messages: [{ role: 'user', content: long }] } }] },
  },
};
const names = Object.keys(cases);

/** Changes after which a call costs no more than before. */
const harmless: Readonly<Record<string, Partial<ChannelEntry>>> = {
  plain: {},
  shorter: { parameters: [{ set: { max_tokens: 20 } }] },
  stated: { parameters: [{ default: { max_tokens: 4_000 } }] },
  'of-others': { parameters: [{ models: ['another'], set: { n: 50 } }], systemPrompt: { text: long, models: ['another'] } },
};

/** The same in both of the callers' languages. */
const questionTo = (model: string): object => ({ model, max_tokens: 100, messages: [{ role: 'user', content: 'Hello there' }] });

/** A vendor that uses all that it was told and allowed: a token for each word it reads, and as many as it may write. */
const spendsAll: Behaviour = (request, response) => {
  const body = JSON.parse(request.body.toString()) as Record<string, unknown>;
  const words = JSON.stringify(body['messages'] ?? [body['contents'], body['systemInstruction']]).split(' ').length;
  if (body['contents'] !== undefined) {
    const { maxOutputTokens = 3_000 } = (body['generationConfig'] ?? {}) as { maxOutputTokens?: number };
    const usageMetadata = { promptTokenCount: words, candidatesTokenCount: maxOutputTokens, totalTokenCount: words + maxOutputTokens };
    sendJson(response, 200, { ...plainAnswerIn['gemini'], usageMetadata });
    return;
  }
  const { n = 1, max_tokens: most = 3_000, stream } = body as { n?: number; max_tokens?: number; stream?: boolean };
  const usage = { prompt_tokens: words, completion_tokens: n * most, total_tokens: words + n * most };
  const answer = { ...plainAnswerIn['openai-chat'], usage };
  if (stream !== true) {
    sendJson(response, 200, answer);
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const frame = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' };
  const choices = [{ index: 0, delta: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }];
  response.write(`data: ${JSON.stringify({ ...frame, choices })}\n\n`);
  response.end(`data: ${JSON.stringify({ ...frame, choices: [], usage })}\n\ndata: [DONE]\n\n`);
};

describe('a call whose channel changes its request', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const channels = names.flatMap((name): ChannelEntry[] => {
      const { upstream: dialect, changes, isSecond } = cases[name] as Case;
      const changing = { ...channelIn(dialect, name, upstream.place(name, spendsAll), [name]), ...changes };
      if (isSecond !== true) return [changing];
      return [changing, { ...channelIn(dialect, `${name}-first`, upstream.place(`${name}-first`, refuses(500)), [name]), priority: 9 }];
    });
    const others = Object.entries(harmless).map(([name, changes]) => ({
      ...channelIn('openai-chat', name, upstream.place(name, spendsAll), [name]),
      ...changes,
    }));
    const users = { rich: 10_000_000, thin };
    gateway = await startGateway({
      apply: {
        models: pricedByTokens(...names, ...Object.keys(harmless)),
        channels: [...channels, ...others],
        users: [
          ...Object.entries(users).map(([username, points]) => ({ username, password: 'a long enough password', points })),
          ...Object.keys(harmless).map((name) => ({ username: name, password: 'a long enough password', points: thin })),
        ],
        tokens: [...Object.keys(users), ...Object.keys(harmless)].map((user) => ({ name: user, user, key: keyOf(user), unlimited: true })),
        settings: neverResting,
      },
    });
  });
  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  const ask = (user: string, name: string, { dialect, stream = false }: Pick<Case, 'dialect' | 'stream'>): Promise<RawAnswer> => {
    const body = { ...questionTo(name), ...(stream ? { stream } : {}) };
    return rawCall({ url: gateway.url, key: keyOf(user), dialect, model: name, stream, body: JSON.stringify(body) });
  };

  let receipts = 0;
  it.each(names)('is held for what that may cost: %s', async (name) => {
    const answer = await ask('rich', name, cases[name] as Case);
    expect(answer.status, answer.body.toString()).toBe(200);
    receipts += 1;
    const [receipt] = await usageRowsOf(gateway, keyOf('rich'), receipts);
    expect(receipt).toMatchObject({ model: name, uncollected: '0', policy: 'upstream-actual' });
    const cost = millipointsOf(receipt?.cost ?? '0');
    expect(cost).toBeGreaterThan(millipointsOf(String(thin)));
    expect(millipointsOf(receipt?.held ?? '0')).toBeGreaterThanOrEqual(cost);
  });

  it.each(names)('goes to no upstream where that is more than there is: %s', async (name) => {
    const asked = (): number =>
      upstream.requestsTo(name).length + (cases[name]?.isSecond === true ? upstream.requestsTo(`${name}-first`).length : 0);
    const before = asked();
    const answer = await ask('thin', name, cases[name] as Case);
    expect(answer.status, answer.body.toString()).toBeGreaterThanOrEqual(400);
    expect(answer.body.toString()).toMatch(/quota|balance|enough/i);
    expect(asked()).toBe(before);
    expect(await accountOf(gateway, keyOf('thin'))).toEqual({ balance: String(thin), held: '0' });
  });

  it.each(Object.keys(harmless))('is held for no more than before where it does not cost more: %s', async (name) => {
    const answer = await ask(name, name, { dialect: 'openai-chat' });
    expect(answer.status, answer.body.toString()).toBe(200);
    const [receipt] = await usageRowsOf(gateway, keyOf(name), 1);
    expect(millipointsOf(receipt?.held ?? '0')).toBeLessThan(millipointsOf(String(thin)));
    expect(receipt).toMatchObject({ uncollected: '0' });
  });

  it('leaves books that agree', async () => {
    await gateway.expectCleanLedger();
  });
});
