import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawCall } from '../relay/raw-call.js';
import { answers, type Behaviour, breaksOff, refuses, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, type ChannelEntry, chatChannel, keyOf, openToken, pricedByTokens } from '../support/apply-document.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { createOwnDatabase, databaseKinds, type OwnDatabase } from '../support/own-database.js';
import { ManagementClient } from './management-client.js';

interface Notice {
  readonly event: string;
  readonly channel: { readonly name: string };
  readonly state: string;
}

const downAfterMs = 1_500;
/** Several looks of the watch. */
const aWhileMs = 2 * downAfterMs;

describe.each(databaseKinds)('channels of which nothing can be used, on %s', (database) => {
  const told: Notice[] = [];
  const behaviours = new Map<string, Behaviour>();
  let webhook: Server;
  let upstream: ScriptedUpstream;
  let shared: OwnDatabase | undefined;
  let gateway: TestGateway;
  /** Two where the database can be shared. */
  let nodes: readonly TestGateway[];
  let root: ManagementClient;

  beforeAll(async () => {
    webhook = createServer((request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString()));
      request.on('end', () => {
        told.push(JSON.parse(body) as Notice);
        response.writeHead(200).end();
      });
    });
    await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve));
    upstream = await startScriptedUpstream();
    shared = database === 'postgres' ? await createOwnDatabase() : undefined;
    const secret = 'a secret that both nodes share with each other';
    const environment = shared === undefined ? {} : { DATABASE_URL: shared.url, TOLLGATE_SECRET: secret };
    gateway = await startGateway({
      environment,
      apply: {
        models: pricedByTokens('paid', 'limited', 'failing', 'failing-too', 'broken', 'well', 'away', 'two'),
        channels: [
          plain('paid', refuses(402), ['paid']),
          listed('limited', refuses(429), [keyOf('limited')]),
          plain('failing', refuses(503), ['failing', 'failing-too']),
          plain('away', breaksOff(), ['away']),
          plain('wide', (...parts) => (modelOf(parts[0].body) === 'broken' ? refuses(503) : answers())(...parts), ['broken', 'well']),
          listed('two', (...parts) => (isKeyOf(parts[0].headers.authorization, 'bad') ? refuses(402) : answers())(...parts), [
            keyOf('bad'),
            keyOf('good'),
          ]),
        ],
        users: [alice, { username: 'root', role: 'root' }],
        tokens: [openToken],
        settings: {
          health: { openAfterFailures: 2, coolDownMs: 2_000 },
          relay: { channelWaitMaxMs: 0 },
          notifications: {
            webhookUrl: `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/told`,
            allowPrivate: true,
            downAfterMs,
          },
        },
      },
    });
    nodes = shared === undefined ? [gateway] : [gateway, await startGateway({ environment })];
    root = await ManagementClient.of(gateway);
  });
  afterAll(async () => {
    for (const node of nodes ?? [gateway]) await node?.stop();
    await shared?.drop();
    await upstream?.close();
    webhook?.close().closeAllConnections();
  });

  function place(name: string, behaviour: Behaviour): string {
    behaviours.set(name, behaviour);
    return upstream.place(name, (...parts) => behaviours.get(name)?.(...parts));
  }
  const plain = (name: string, behaviour: Behaviour, models: readonly string[]): ChannelEntry =>
    chatChannel(name, place(name, behaviour), models);
  const listed = (name: string, behaviour: Behaviour, keys: readonly string[]): ChannelEntry => ({
    name,
    provider: 'openai-compatible',
    config: { baseUrl: place(name, behaviour) },
    keys,
    models: [name],
    keyOrder: 'in-turn',
  });
  const modelOf = (body: Buffer): string => (JSON.parse(body.toString()) as { readonly model: string }).model;
  const isKeyOf = (header: string | undefined, name: string): boolean => header === `Bearer ${keyOf(name)}`;

  /** So often at each node. */
  const ask = async (model: string, times = 1): Promise<void> => {
    for (const { url } of nodes)
      for (let call = 0; call < times; call += 1) await rawCall({ url, key: openToken.key, dialect: 'openai-chat', model });
  };
  const tested = async (name: string, model: string): Promise<void> => {
    const { items } = await root.done<{ items: readonly { id: string }[] }>('GET', `/api/channels?name=${name}`);
    await root.done('POST', `/api/channels/${items[0]?.id}/test`, { model });
  };
  const statesOf = (name: string): readonly string[] => told.filter(({ channel }) => channel.name === name).map(({ state }) => state);
  const noticeOf = (name: string): Notice | undefined => told.find(({ channel }) => channel.name === name);
  const toldOf = (name: string, state: string): Promise<void> =>
    eventually(`${name} was told as ${state}`, () => statesOf(name).at(-1) === state, 20_000);

  it('are told once, whether it is the only key, all models, or the place', async () => {
    await ask('paid');
    await ask('limited');
    await ask('failing', 2);
    await ask('failing-too', 2);
    await ask('away', 2);
    for (const name of ['paid', 'limited', 'failing', 'away']) await toldOf(name, 'down');
    expect(noticeOf('paid')).toMatchObject({
      event: 'channel.down',
      state: 'down',
      out: 'keys',
      reason: 'refused',
      code: 'scripted',
      text: expect.stringMatching(
        /^Channel "paid" has been down since \S+Z: none of its keys can be used until \S+Z \(refused, scripted\)\.$/,
      ) as string,
    });
    expect(noticeOf('paid')).not.toHaveProperty('keyId');
    expect(noticeOf('limited')).toMatchObject({ out: 'keys', reason: 'rate-limit' });
    expect(noticeOf('failing')).toMatchObject({ out: 'models', reason: 'failures' });
    expect(noticeOf('away')).toMatchObject({ out: 'channel', reason: 'failures' });
    // They fail again and again.
    for (let round = 0; round < 4; round += 1) {
      await wait(downAfterMs / 2);
      for (const name of ['limited', 'failing', 'failing-too', 'away']) await ask(name);
    }
    for (const name of ['paid', 'limited', 'failing', 'away']) expect(statesOf(name)).toEqual(['down']);
  });

  it('are none where a key or most models are well', async () => {
    await ask('two', 4);
    await ask('well', 3);
    await ask('broken', 2);
    const { items } = await root.done<{ items: readonly { name: string; health: { keys: number; models: object } }[] }>(
      'GET',
      '/api/channels?state=failing',
    );
    expect(items.find(({ name }) => name === 'two')?.health).toMatchObject({ keys: 1 });
    expect(items.find(({ name }) => name === 'wide')?.health.models).toHaveProperty('broken');
    await wait(aWhileMs);
    expect([statesOf('two'), statesOf('wide')]).toEqual([[], []]);
  });

  it('are not told again by a node that starts after one was killed', async () => {
    const before = told.length;
    await gateway.kill('SIGKILL');
    // As if so long had passed: what a dead node holds it no longer renews.
    await shared?.run('update jobs set lease_until = 0 where lease_until is not null');
    await gateway.start();
    await ask('paid');
    await wait(aWhileMs);
    expect(told.slice(before)).toEqual([]);
  });

  it('are told once when they are back, and that has lasted', async () => {
    for (const name of ['paid', 'limited', 'failing', 'away']) behaviours.set(name, answers());
    await tested('paid', 'paid');
    await tested('limited', 'limited');
    await tested('away', 'away');
    for (const model of ['failing', 'failing-too']) await tested('failing', model);
    for (const name of ['paid', 'limited', 'failing', 'away']) await toldOf(name, 'up');
    await wait(aWhileMs);
    for (const name of ['paid', 'limited', 'failing', 'away']) expect(statesOf(name)).toEqual(['down', 'up']);
    expect(told.findLast(({ channel }) => channel.name === 'paid')).toMatchObject({
      event: 'channel.up',
      state: 'up',
      since: expect.any(String) as string,
      text: expect.stringMatching(/^Channel "paid" can be used again; it had been down since \S+Z\.$/) as string,
    });
  });
});
