import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answers, type Behaviour, breaksOff, refuses, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import {
  alice,
  type ApplyDocument,
  chatChannel,
  type ChannelEntry,
  openToken,
  pricedByTokens,
  upstreamKey,
} from '../support/apply-document.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { createOwnDatabase, databaseKinds, type OwnDatabase } from '../support/own-database.js';
import { readError } from './error-shapes.js';
import { type RawAnswer, rawCall } from './raw-call.js';

const dialects = ['openai-chat', 'openai-responses', 'claude-messages', 'gemini'] as const;
const settings = { health: { openAfterFailures: 2, coolDownMs: 1_000 }, relay: { channelWaitMaxMs: 0 } };

function documentOf(channels: readonly ChannelEntry[]): ApplyDocument {
  const models = pricedByTokens(...new Set(channels.flatMap((channel) => channel.models)));
  return { models, channels, users: [alice], tokens: [openToken], settings };
}

function asker(gatewayOf: () => TestGateway) {
  return (model: string, stream = false, dialect = 'openai-chat'): Promise<RawAnswer> =>
    rawCall({ url: gatewayOf().url, key: openToken.key, dialect, model, stream });
}

function codeOf(answer: RawAnswer): unknown {
  return (answer.json() as { error: { code: unknown } }).error.code;
}

/** Limits the first key that it sees, and serves every other. */
function limitsFirstKey(): Behaviour {
  let first: string | undefined;
  return (request, response) => {
    first ??= request.headers.authorization;
    const behaviour = request.headers.authorization === first ? refuses(429, undefined, { 'retry-after': '30' }) : answers();
    return behaviour(request, response);
  };
}

describe('a channel that fails', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let mending: Behaviour = refuses(503);
  let refusing: Behaviour = refuses(401);
  const ask = asker(() => gateway);

  const document = (key = upstreamKey): ApplyDocument =>
    documentOf([
      chatChannel('limited', upstream.place('limited', refuses(429, undefined, { 'retry-after': '30' })), ['limited']),
      chatChannel(
        'refused',
        upstream.place('refused', (...parts) => refusing(...parts)),
        ['refused'],
        {
          config: { baseUrl: `${upstream.url}/refused/v1`, apiKey: key },
        },
      ),
      chatChannel('cut', upstream.place('cut', breaksOff({ afterChunks: 2 })), ['cut', 'beside-cut']),
      chatChannel(
        'mending',
        upstream.place('mending', (...parts) => mending(...parts)),
        ['mending'],
      ),
      chatChannel('keyed', upstream.place('keyed', limitsFirstKey()), ['keyed'], {
        config: { baseUrl: `${upstream.url}/keyed/v1` },
        keys: ['first-key-of-two', 'second-key-of-two'],
      }),
    ]);

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    gateway = await startGateway({ apply: document() });
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  it('is left alone for as long as it asks, which callers are told in their own dialect', async () => {
    expect(codeOf(await ask('limited'))).toBe('upstream_rate_limited');
    for (const dialect of dialects) {
      const answer = await ask('limited', false, dialect);
      expect(answer.status).toBe(503);
      expect(readError(dialect, 503, answer.json()).code).toBe('no_channel_available');
      const retryAfter = Number(answer.headers.get('retry-after'));
      expect(retryAfter).toBeGreaterThan(20);
      expect(retryAfter).toBeLessThanOrEqual(30);
    }
    expect(upstream.requestsTo('limited')).toHaveLength(1);
  });

  it('goes on with its other keys', async () => {
    for (let round = 0; round < 10; round += 1) expect((await ask('keyed')).status).toBe(200);
    const limited = upstream.requestsTo('keyed')[0]?.headers.authorization;
    // If the first call drew one key, it was the first; it was asked once, and everything else went to the second.
    expect(upstream.requestsTo('keyed').filter(({ headers }) => headers.authorization === limited)).toHaveLength(1);
    expect(upstream.requestsTo('keyed')).toHaveLength(11);
  });

  it('rests after streams that were cut, for all of its models', async () => {
    for (let round = 0; round < 2; round += 1) expect((await ask('cut', true)).status).toBe(200);
    expect(codeOf(await ask('cut', true))).toBe('no_channel_available');
    expect(codeOf(await ask('beside-cut'))).toBe('no_channel_available');
    expect(upstream.requestsTo('cut')).toHaveLength(2);
  });

  it('is tried by one call when it has rested, and used again when that was answered', async () => {
    for (let round = 0; round < 2; round += 1) expect(codeOf(await ask('mending'))).toBe('upstream_overloaded');
    expect(codeOf(await ask('mending'))).toBe('no_channel_available');
    mending = answers({ delayMs: 300 });
    await wait(1_050);
    const statuses = (await Promise.all(Array.from({ length: 10 }, () => ask('mending')))).map(({ status }) => status);
    expect(statuses.toSorted((one, other) => one - other)).toEqual([200, ...Array.from({ length: 9 }, () => 503)]);
    expect((await Promise.all(Array.from({ length: 10 }, () => ask('mending')))).every(({ status }) => status === 200)).toBe(true);
    expect(upstream.requestsTo('mending')).toHaveLength(13);
  });

  it('stays disabled over a restart where its key was refused, until it gets another', async () => {
    expect(codeOf(await ask('refused'))).toBe('upstream_refused');
    await gateway.kill('SIGTERM');
    await gateway.start();
    const answer = await ask('refused');
    expect([codeOf(answer), answer.headers.get('retry-after')]).toEqual(['no_channel_available', null]);
    await gateway.applied(document());
    expect(codeOf(await ask('refused'))).toBe('no_channel_available');
    refusing = answers();
    await gateway.applied(document('another-key-of-the-channel'));
    await eventually('the channel serves', async () => (await ask('refused')).status === 200);
    expect(upstream.requestsTo('refused')).toHaveLength(2);
    expect(gateway.logs).toContain('A key is disabled');
    expect(gateway.logs).not.toContain(upstreamKey);
  });

  it('is waited for where it is free soon, by those who pay, and who stay', async () => {
    let limits = 0;
    upstream.place('soon', (...parts) => (limits++ === 0 ? refuses(429, undefined, { 'retry-after': '1' }) : answers())(...parts));
    const soon = chatChannel('soon', `${upstream.url}/soon/v1`, ['soon']);
    await gateway.applied({ ...documentOf([soon]), settings: { relay: { channelWaitMaxMs: 3_000 } } });
    await eventually('the settings are live', async () => (await ask('soon')).status === 429);
    const leaving = new AbortController();
    const left = rawCall({ url: gateway.url, key: openToken.key, dialect: 'openai-chat', model: 'soon', signal: leaving.signal });
    leaving.abort();
    await expect(left).rejects.toThrow();
    expect((await ask('soon')).status).toBe(200);
    expect(upstream.requestsTo('soon')).toHaveLength(2);
    expect(codeOf(await ask('limited'))).toBe('no_channel_available');
  });

  it('costs nothing', async () => {
    await gateway.expectCleanLedger();
  });
});

describe.skipIf(!databaseKinds.includes('postgres'))('a channel that fails on one of two nodes', () => {
  let upstream: ScriptedUpstream;
  let database: OwnDatabase;
  let nodes: TestGateway[] = [];

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    database = await createOwnDatabase();
    const environment = { DATABASE_URL: database.url, TOLLGATE_SECRET: 'a secret that both nodes share with each other' };
    const apply = documentOf([
      chatChannel('refused', upstream.place('refused', refuses(401)), ['refused']),
      chatChannel('mending', upstream.place('mending', refuses(503)), ['mending']),
    ]);
    nodes = [await startGateway({ environment, apply })];
    nodes.push(await startGateway({ environment }));
  });

  afterAll(async () => {
    for (const node of nodes) await node.stop();
    await upstream?.close();
    await database?.drop();
  });

  const ask = (node: number, model: string): Promise<RawAnswer> => asker(() => nodes[node] as TestGateway)(model);

  it('is disabled on the other within a second', async () => {
    expect(codeOf(await ask(0, 'refused'))).toBe('upstream_refused');
    await wait(1_000);
    expect(codeOf(await ask(1, 'refused'))).toBe('no_channel_available');
    expect(upstream.requestsTo('refused')).toHaveLength(1);
  });

  it('is tried by one call of the two', async () => {
    for (let round = 0; round < 2; round += 1) await ask(0, 'mending');
    upstream.place('mending', answers({ delayMs: 1_500 }));
    await wait(1_100);
    const until = Date.now() + 1_200;
    const asked: Promise<RawAnswer>[] = [];
    while (Date.now() < until) {
      asked.push(ask(0, 'mending'), ask(1, 'mending'));
      await wait(40);
    }
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(upstream.requestsTo('mending')).toHaveLength(3);
    await eventually('both use it', async () => (await ask(0, 'mending')).status === 200 && (await ask(1, 'mending')).status === 200);
  });
});
