import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readError } from '../relay/error-shapes.js';
import { rawCall } from '../relay/raw-call.js';
import { answers, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { chatChannel, keyOf } from '../support/apply-document.js';
import { type CuttableProxy, startCuttableProxy } from '../support/cuttable-proxy.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { createOwnDatabase, databaseKinds, type OwnDatabase } from '../support/own-database.js';
import { accountOf, usageRowsOf } from '../support/usage-rows.js';

const key = keyOf('seen');
const unseenKey = keyOf('unseen');
const dialects = ['openai-chat', 'openai-responses', 'claude-messages', 'gemini'] as const;

describe.skipIf(!databaseKinds.includes('postgres'))('a database that is away while the gateway serves', () => {
  let upstream: ScriptedUpstream;
  let database: OwnDatabase;
  let proxy: CuttableProxy;
  let gateway: TestGateway;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    database = await createOwnDatabase();
    const direct = new URL(database.url);
    proxy = await startCuttableProxy({ host: direct.hostname, port: Number(direct.port || 5_432) });
    const through = new URL(database.url);
    through.hostname = '127.0.0.1';
    through.port = String(proxy.port);
    const usage = { prompt_tokens: 10, completion_tokens: 20 };
    gateway = await startGateway({
      environment: { DATABASE_URL: through.href },
      apply: {
        models: ['quick', 'long'].map((name) => ({ name, modelRatio: 1, completionRatio: 1 })),
        channels: [
          chatChannel('quick', upstream.place('quick', answers({ usage })), ['quick']),
          chatChannel('long', upstream.place('long', answers({ text: 'word ', chunks: 40, chunkDelayMs: 50, usage })), ['long']),
        ],
        users: [{ username: 'seen', password: 'a long enough password', points: 1_000_000 }],
        tokens: [
          { name: 'seen', user: 'seen', key, unlimited: true },
          { name: 'unseen', user: 'seen', key: unseenKey, unlimited: true },
        ],
      },
    });
  });

  afterAll(async () => {
    proxy?.mend();
    await gateway?.stop();
    await proxy?.close();
    await upstream?.close();
    await database?.drop();
  });

  it('is a 503 in every dialect, never a 401, and is over without a restart', async () => {
    expect((await rawCall({ url: gateway.url, key, dialect: 'openai-chat', model: 'quick' })).status).toBe(200);
    await usageRowsOf(gateway, key, 1);
    proxy.cut();
    for (const dialect of dialects) {
      for (const used of [key, unseenKey]) {
        const answer = await rawCall({ url: gateway.url, key: used, dialect, model: 'quick' });
        expect(answer.status, `${dialect} ${answer.body.toString('utf8')}`).toBe(503);
        const { code, message } = readError(dialect, 503, answer.json());
        expect(code).toMatch(/storage_unavailable|unavailable/);
        expect(message).not.toMatch(/postgres|127\.0\.0\.1|ECONN/);
      }
    }
    expect(upstream.requestsTo('quick')).toHaveLength(1);
    proxy.mend();
    await eventually('calls are served again', async () => {
      const answer = await rawCall({ url: gateway.url, key: unseenKey, dialect: 'openai-chat', model: 'quick' });
      return answer.status === 200;
    });
    expect(await usageRowsOf(gateway, unseenKey, 1)).toMatchObject([{ cost: '30', outcome: 'ok' }]);
  });

  it('costs no stream that is under way its end, and is charged when the database is back', async () => {
    const earlier = (await usageRowsOf(gateway, key, 1)).length;
    const streaming = rawCall({ url: gateway.url, key, dialect: 'openai-chat', model: 'long', stream: true });
    await eventually('the stream is under way', () => upstream.bytesSentTo('long') > 0);
    proxy.cut();
    expect((await streaming).body.toString('utf8')).toContain('[DONE]');
    proxy.mend();
    const rows = await usageRowsOf(gateway, key, earlier + 1);
    expect(rows[0]).toMatchObject({ model: 'long', cost: '30', uncollected: '0', outcome: 'ok' });
    await eventually('nothing is held any more', async () => (await accountOf(gateway, key)).held === '0');
    await gateway.expectCleanLedger();
  });
});
