import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readError } from '../relay/error-shapes.js';
import { rawCall } from '../relay/raw-call.js';
import { answers, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, type ApplyDocument, chatChannel, keyOf, pricedByTokens } from '../support/apply-document.js';
import { type CuttableProxy, cuttableWay } from '../support/cuttable-proxy.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { createOwnDatabase, databaseKinds, type OwnDatabase } from '../support/own-database.js';

const redisUrl = process.env['REDIS_URL_TEST'];
/** So many that nothing is refused for being too much. */
const limits = { requestsPerDay: 100_000 };

describe.skipIf(redisUrl === undefined || !databaseKinds.includes('postgres'))('a node whose Redis goes away', () => {
  let upstream: ScriptedUpstream;
  let database: OwnDatabase;
  let proxy: CuttableProxy;
  let gateway: TestGateway;

  const documentWith = (whenCountersAreAway: 'refuse' | 'count-alone'): ApplyDocument => ({
    models: pricedByTokens('fast'),
    channels: [chatChannel('fast', upstream.place('fast', answers({})), ['fast'])],
    users: [alice],
    tokens: [
      { name: 'limited', user: 'alice', key: keyOf('limited'), unlimited: true, limits },
      { name: 'parallel', user: 'alice', key: keyOf('parallel'), unlimited: true, limits: { concurrentCalls: 5 } },
      { name: 'free', user: 'alice', key: keyOf('free'), unlimited: true },
    ],
    settings: { limits: { whenCountersAreAway } },
  });

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    database = await createOwnDatabase();
    const way = await cuttableWay(redisUrl ?? '');
    proxy = way.proxy;
    const address = new URL(way.url);
    // The user of servers without passwords takes any.
    if (address.password === '') [address.username, address.password] = ['default', 'hunter2'];
    gateway = await startGateway({
      environment: { DATABASE_URL: database.url, REDIS_URL: address.href },
      apply: documentWith('refuse'),
    });
  });

  afterAll(async () => {
    await gateway?.stop();
    await proxy?.close();
    await upstream?.close();
    await database?.drop();
  });

  const outcomeOf = async (name: string): Promise<string> => {
    const answer = await rawCall({ url: gateway.url, key: keyOf(name), dialect: 'openai-chat', model: 'fast' });
    return answer.status === 200 ? 'ok' : `${answer.status} ${readError('openai-chat', answer.status, answer.json()).code}`;
  };

  it('refuses what it cannot count, serves the rest, and goes on when it is back', async () => {
    expect(await outcomeOf('limited')).toBe('ok');
    proxy.cut();
    // What was leased before may be used.
    await eventually('limited calls are refused', async () => (await outcomeOf('limited')) === '503 limits_unavailable');
    expect(await outcomeOf('free')).toBe('ok');
    // Calls at the same time are counted in PostgreSQL.
    expect(await outcomeOf('parallel')).toBe('ok');
    proxy.mend();
    await eventually('limited calls are served again', async () => (await outcomeOf('limited')) === 'ok');
  });

  it('starts without it, counts alone if that is preferred, and goes on when it is back', async () => {
    proxy.cut();
    await gateway.kill('SIGTERM');
    await gateway.applied(documentWith('count-alone'));
    await gateway.start();
    for (let call = 0; call < 5; call += 1) expect(await outcomeOf('limited')).toBe('ok');
    await gateway.applied(documentWith('refuse'));
    proxy.mend();
    await eventually('limited calls are served', async () => (await outcomeOf('limited')) === 'ok');
  });

  it('never writes its password anywhere', () => {
    expect(gateway.logs).toContain('Redis cannot be used');
    expect(gateway.logs).not.toContain('hunter2');
    expect(gateway.logs).not.toContain(keyOf('limited'));
  });
});
