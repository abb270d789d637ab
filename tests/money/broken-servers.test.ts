import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readError } from '../relay/error-shapes.js';
import { rawCall } from '../relay/raw-call.js';
import { answers, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { type AcknowledgementProxy, startAcknowledgementProxy } from '../support/acknowledgement-proxy.js';
import { chatChannel, keyOf } from '../support/apply-document.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { millipointsOf } from '../support/points.js';
import { PrivatePostgres, whyNoPrivateServer } from '../support/private-postgres.js';
import { accountOf, allUsageRowsOf } from '../support/usage-rows.js';

const key = keyOf('caller');
const startingPoints = 1_000_000;
const costOfCall = 30;
const dialects = ['openai-chat', 'openai-responses', 'claude-messages', 'gemini'] as const;
/** What a statement waits for its server here; 15 seconds in service. */
const queryTimeoutMs = 1_500;
const why = whyNoPrivateServer();

if (why !== undefined) console.warn(`Outages of private PostgreSQL servers are not tried: ${why}.`);

describe.skipIf(why !== undefined)('a PostgreSQL server in trouble', () => {
  let upstream: ScriptedUpstream;
  let server: PrivatePostgres;
  let proxy: AcknowledgementProxy;
  let gateway: TestGateway;
  let served = 0;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    server = await PrivatePostgres.start();
    proxy = await startAcknowledgementProxy({ host: '127.0.0.1', port: server.port });
    const usage = { prompt_tokens: 10, completion_tokens: 20 };
    gateway = await startGateway({
      environment: { DATABASE_URL: `${server.url(proxy.port)}?query_timeout=${queryTimeoutMs}` },
      apply: {
        models: ['quick', 'long'].map((name) => ({ name, modelRatio: 1, completionRatio: 1 })),
        channels: [
          chatChannel('quick', upstream.place('quick', answers({ usage })), ['quick']),
          chatChannel('long', upstream.place('long', answers({ text: 'word ', chunks: 30, chunkDelayMs: 50, usage })), ['long']),
        ],
        users: [{ username: 'caller', password: 'a long enough password', points: startingPoints }],
        tokens: [{ name: 'caller', user: 'caller', key, points: startingPoints }],
      },
    });
  });

  afterAll(async () => {
    server?.thaw();
    await gateway?.stop();
    await proxy?.close();
    await server?.close();
    await upstream?.close();
  });

  const ask = (dialect: string = dialects[0]) => rawCall({ url: gateway.url, key, dialect, model: 'quick' });

  /** Each dialect is told so in its own words; nothing reaches the upstream. */
  async function expectUnavailable(): Promise<void> {
    const before = upstream.requests.length;
    const told = await Promise.all(dialects.map(async (dialect) => [dialect, await ask(dialect)] as const));
    for (const [dialect, answer] of told) {
      expect(answer.status, `${dialect} ${answer.body.toString('utf8')}`).toBe(503);
      const { code, message } = readError(dialect, 503, answer.json());
      expect(code).toMatch(/^(storage_unavailable|unavailable)$/);
      expect(message).not.toMatch(/postgres|127\.0\.0\.1|role|connections/);
    }
    expect(upstream.requests.length).toBe(before);
  }

  /** Served again without a restart; every call that was served is paid for once, and nothing is held. */
  async function expectRecovered(): Promise<void> {
    await eventually('calls are served again', async () => (await ask()).status === 200 && ++served > 0, 30_000);
    await eventually('every call is settled', async () => (await accountOf(gateway, key)).held === '0', 30_000);
    const paid = (await allUsageRowsOf(gateway, key)).filter(({ cost }) => cost !== '0');
    expect(paid.map(({ cost }) => cost)).toEqual(Array.from({ length: served }, () => String(costOfCall)));
    const { balance } = await accountOf(gateway, key);
    expect(millipointsOf(balance)).toBe(BigInt(startingPoints - served * costOfCall) * 1_000n);
    await gateway.expectCleanLedger();
  }

  /** A stream that is under way when trouble begins: it ends properly, and is charged when the trouble is over. */
  async function startStream(): Promise<{ readonly complete: Promise<boolean> }> {
    const sent = upstream.bytesSentTo('long');
    const answer = rawCall({ url: gateway.url, key, dialect: 'openai-chat', model: 'long', stream: true });
    await eventually('the stream is under way', () => upstream.bytesSentTo('long') > sent);
    served += 1;
    return { complete: answer.then(({ body }) => body.toString('utf8').includes('[DONE]')) };
  }

  it('that commits and is not heard charges once', async () => {
    for (let round = 0; round < 12; round += 1) {
      // The commit of the hold, that of the settlement, both, or one of the node's own.
      proxy.loseCommits(1 + (round % 3));
      const answer = await ask();
      if (answer.status === 200) served += 1;
      else expect(answer.status, answer.body.toString('utf8')).toBe(503);
    }
    proxy.loseCommits(0);
    expect(proxy.lost()).toBeGreaterThan(5);
    await expectRecovered();
  });

  it('that is killed is a 503, and loses no stream', async () => {
    const stream = await startStream();
    await server.kill();
    await expectUnavailable();
    expect(await stream.complete).toBe(true);
    await server.start();
    await expectRecovered();
  });

  it('that lets nobody write is a 503, and loses no stream', async () => {
    const stream = await startStream();
    await server.execute('alter role tollgate set default_transaction_read_only = on');
    await server.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'tollgate'");
    await expectUnavailable();
    expect(await stream.complete).toBe(true);
    await server.execute('alter role tollgate reset default_transaction_read_only');
    await server.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'tollgate'");
    await expectRecovered();
  });

  it('that has no connection left is a 503, and loses no stream', async () => {
    const stream = await startStream();
    await server.execute('alter role tollgate connection limit 0');
    await server.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'tollgate'");
    await expectUnavailable();
    expect(await stream.complete).toBe(true);
    await server.execute('alter role tollgate connection limit -1');
    await expectRecovered();
  });

  it('that stands still is a 503, and loses no stream', async () => {
    const stream = await startStream();
    server.freeze();
    // Alone in its batch: what is refused is told apart from what is not answered.
    expect((await ask()).status).toBe(503);
    await expectUnavailable();
    expect(await stream.complete).toBe(true);
    server.thaw();
    await expectRecovered();
  });
});
