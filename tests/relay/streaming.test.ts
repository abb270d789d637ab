import { request as httpRequest } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  answers,
  breaksOff,
  type ScriptedUpstream,
  startScriptedUpstream,
  staysSilent,
  streamsForever,
} from '../replay/scripted-upstream.js';
import { alice, chatChannel, keyOf, openToken, pricedByTokens } from '../support/apply-document.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { usageRowsOf } from '../support/usage-rows.js';
import { claudeClient } from './clients/claude-client.js';
import type { Client, Place } from './clients/client.js';
import { genAiClient, generativeAiClient } from './clients/gemini-clients.js';
import { openaiChatClient } from './clients/openai-chat-client.js';
import { openaiResponsesClient } from './clients/openai-responses-client.js';
import { questionIn, rawCall, rawFetch } from './raw-call.js';

const clients: readonly ((place: Place) => Client)[] = [
  openaiChatClient,
  openaiResponsesClient,
  claudeClient,
  generativeAiClient,
  genAiClient,
];

const leaverKey = keyOf('leaver');

describe('streaming', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const places = {
      endless: streamsForever({ chunkDelayMs: 20 }),
      flood: streamsForever({ chunkBytes: 16_384 }),
      silent: staysSilent,
      thinking: answers({ text: 'at last', chunkDelayMs: 2_600, usage: { prompt_tokens: 3, completion_tokens: 2 } }),
      stalled: streamsForever({ chunkDelayMs: 60_000 }),
      broken: breaksOff({ afterChunks: 3 }),
      big: answers({ text: 'x'.repeat(3_000_000) }),
    };
    gateway = await startGateway({
      apply: {
        models: pricedByTokens(...Object.keys(places)),
        channels: Object.entries(places).map(([name, behaviour]) => chatChannel(name, upstream.place(name, behaviour), [name])),
        users: [alice],
        tokens: [openToken, { name: 'leaver', user: 'alice', key: leaverKey, unlimited: true }],
        settings: { relay: { keepAliveAfterMs: 1_000, idleTimeoutMs: 4_000 } },
      },
    });
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  const ask = (
    model: string,
    more: { readonly key?: string; readonly signal?: AbortSignal; readonly dialect?: string; readonly stream?: boolean } = {},
  ) => ({
    url: gateway.url,
    key: openToken.key,
    dialect: 'openai-chat',
    stream: true,
    model,
    ...more,
  });

  it('ends at the upstream when the client leaves', async () => {
    const leaving = new AbortController();
    const response = await rawFetch(ask('endless', { key: leaverKey, signal: leaving.signal }));
    const reader = response.body?.getReader();
    for (let read = 0; read < 5; read += 1) await reader?.read();
    expect(upstream.openResponses()).toBe(1);
    leaving.abort();
    await eventually('the upstream sees the client leave', () => upstream.openResponses() === 0);
    const [row] = await usageRowsOf(gateway, leaverKey, 1);
    expect(row).toMatchObject({ model: 'endless', outcome: 'aborted' });
    expect(Number(row?.cost)).toBeGreaterThan(0);
  });

  it('ends at the upstream when the client leaves before the first byte, and costs nothing', async () => {
    const leaving = new AbortController();
    const asking = rawFetch(ask('silent', { key: leaverKey, signal: leaving.signal })).catch(() => 'left');
    await eventually('the upstream is asked', () => upstream.requestsTo('silent').length === 1);
    leaving.abort();
    expect(await asking).toBe('left');
    await eventually('the upstream sees the client leave', () => upstream.openResponses() === 0);
    const rows = await usageRowsOf(gateway, leaverKey, 2);
    expect(rows.find(({ model }) => model === 'silent')).toMatchObject({ outcome: 'aborted', cost: '0' });
  });

  it('holds the upstream back while the client does not read', async () => {
    const sent = (): number => upstream.bytesSentTo('flood');
    const client = httpRequest(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${openToken.key}` },
    });
    client.on('response', (response) => response.pause());
    client.on('error', () => undefined);
    client.end(JSON.stringify(questionIn('openai-chat', 'flood', true)));
    await eventually('the flood begins', () => sent() > 0);
    await eventually('the flood stops', async () => {
      const before = sent();
      await wait(500);
      return sent() === before;
    });
    expect(sent()).toBeLessThan(32_000_000);
    client.destroy();
    await eventually('the upstream sees the client leave', () => upstream.openResponses() === 0);
  });

  it.each(clients.map((client) => ({ client, title: client({ url: 'http://127.0.0.1', key: 'k' }).title })))(
    'writes into the stream of $title while the upstream thinks, and the library takes no notice',
    async ({ client: clientAt }) => {
      const client = clientAt({ url: gateway.url, key: openToken.key });
      const [raw, observed] = await Promise.all([rawCall(ask('thinking', { dialect: client.dialect })), client.ask('thinking', true)]);
      const [silence = ''] = raw.body.toString('utf8').split('at last');
      expect(silence).toMatch(client.dialect === 'gemini' ? /^data: .*"text":""/m : /^: ?\S+\n\n/m);
      expect(observed.text).toBe('at last');
    },
  );

  it('ends with an error when the upstream falls silent', async () => {
    const answer = await rawCall(ask('stalled'));
    expect(answer.status).toBe(200);
    expect(answer.body.toString('utf8')).toContain('"error"');
  });

  it('hands on a large answer whole', async () => {
    const answer = await rawCall(ask('big', { stream: false }));
    expect(answer.json()).toMatchObject({ choices: [{ message: { content: 'x'.repeat(3_000_000) } }] });
  });

  it('sends a large request on, byte for byte', async () => {
    const text = 'é'.repeat(2_000_000);
    const body = JSON.stringify({ model: 'big', messages: [{ role: 'user', content: text }] });
    const answer = await rawCall({ ...ask('big', { stream: false }), body });
    expect(answer.status).toBe(200);
    expect(upstream.requestsTo('big').at(-1)?.body.toString('utf8')).toBe(body);
  });

  it('leaves no hold open', async () => {
    await gateway.expectCleanLedger();
  });
});
