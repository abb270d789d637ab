import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawCall } from '../relay/raw-call.js';
import { answers, type Behaviour, chatFrame, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { ManagementClient } from '../management/management-client.js';
import {
  alice,
  type ApplyDocument,
  type ChannelEntry,
  chatChannel,
  openToken,
  pricedByTokens,
  reachingTestServers,
} from '../support/apply-document.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { createOwnDatabase, databaseKinds, type OwnDatabase } from '../support/own-database.js';

const callersOfNode = 4;

interface MadeCall {
  readonly startedAt: number;
  readonly status: number;
  readonly place: string;
}

describe.skipIf(!databaseKinds.includes('postgres'))('a change to one of many channels under load', () => {
  let upstream: ScriptedUpstream;
  let database: OwnDatabase;
  let nodes: TestGateway[] = [];
  let root: ManagementClient;
  const streams = { over: false };
  const others = Array.from({ length: 300 }, (_, index) => `other-${index}`);

  /** Each place says its own name. */
  const placed = (place: string) => upstream.place(place, answers({ text: place, delayMs: 30 }));
  /** A stream that goes on until it is told to end. */
  const goesOn: Behaviour = async (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    while (!streams.over && !response.destroyed) {
      response.write(chatFrame({ content: 'long ' }));
      await wait(100);
    }
    response.end(`${chatFrame({}, 'stop')}data: [DONE]\n\n`);
  };
  const document = (place: string): ApplyDocument => ({
    models: pricedByTokens('moving', 'staying', 'long'),
    channels: [
      chatChannel('moving', placed(place), ['moving']),
      chatChannel('long', upstream.place('long', goesOn), ['long']),
      ...others.map((name) => chatChannel(name, placed('elsewhere'), ['staying'])),
    ],
    users: [alice, { username: 'root', role: 'root' }],
    tokens: [openToken],
  });

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    database = await createOwnDatabase();
    const environment = { DATABASE_URL: database.url, TOLLGATE_SECRET: 'a secret that both nodes share with each other' };
    nodes = [await startGateway({ environment, apply: document('before') })];
    nodes.push(await startGateway({ environment }));
    root = await ManagementClient.of(nodes[0] as TestGateway);
  });

  afterAll(async () => {
    await nodes[0]?.expectCleanLedger();
    for (const node of nodes) await node.stop();
    await upstream?.close();
    await database?.drop();
  });

  const ways = [
    {
      by: 'the command line',
      place: 'after',
      apply: async (file: ApplyDocument) => void (await nodes[0]?.applied(file)),
    },
    {
      by: 'the API of one node',
      place: 'later',
      apply: async (file: ApplyDocument) => void (await root.done('POST', '/api/apply', { file: reachingTestServers(file) })),
    },
  ];

  it.each(ways)('is live on both nodes within a second, and drops no call: by $by', async ({ place, apply }) => {
    const calls: MadeCall[] = [];
    const load = { over: false };
    const call = async ({ url }: TestGateway): Promise<void> => {
      while (!load.over) {
        const startedAt = Date.now();
        const answer = await rawCall({ url, key: openToken.key, dialect: 'openai-chat', model: 'moving', stream: calls.length % 2 === 0 });
        const served = /before|after|later/.exec(answer.body.toString())?.[0] ?? '';
        calls.push({ startedAt, status: answer.status, place: served });
      }
    };
    const { channels = [] } = document(place);
    // These run from before the change until after it.
    streams.over = false;
    const longBefore = upstream.requestsTo('long').length;
    const long = nodes.map(async ({ url }) => {
      const answer = await rawCall({ url, key: openToken.key, dialect: 'openai-chat', model: 'long', stream: true });
      return { ...answer, endedAt: Date.now() };
    });
    const calling = nodes.flatMap((node) => Array.from({ length: callersOfNode }, () => call(node)));
    await wait(500);
    await eventually('the long streams run', () => upstream.requestsTo('long').length === longBefore + nodes.length);
    const [moving, stays] = channels;
    await apply({ channels: [moving as ChannelEntry, { ...(stays as ChannelEntry), config: { baseUrl: placed(place) } }] });
    const appliedAt = Date.now();
    await wait(2_000);
    load.over = true;
    streams.over = true;
    await Promise.all(calling);
    expect(calls.filter(({ status }) => status !== 200)).toEqual([]);
    expect(calls.filter((made) => made.place !== place).length).toBeGreaterThan(callersOfNode);
    const later = calls.filter(({ startedAt }) => startedAt > appliedAt + 1_000);
    expect(later.length).toBeGreaterThan(callersOfNode);
    expect(later.filter((made) => made.place !== place)).toEqual([]);
    for (const { status, body, endedAt } of await Promise.all(long)) {
      expect(status).toBe(200);
      expect(endedAt).toBeGreaterThan(appliedAt);
      expect(body.toString()).toContain('data: [DONE]');
    }
    await nodes[0]?.applied({ channels: [stays as ChannelEntry] });
  });
});
