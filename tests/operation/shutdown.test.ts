import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawFetch } from '../relay/raw-call.js';
import { answers, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, chatChannel, openToken, pricedByTokens } from '../support/apply-document.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { databaseKinds } from '../support/own-database.js';
import { usageRowsOf } from '../support/usage-rows.js';

describe.each(databaseKinds)('a gateway on %s', (database) => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const slow = answers({ text: 'word ', chunks: 20, chunkDelayMs: 100, usage: { prompt_tokens: 5, completion_tokens: 20 } });
    gateway = await startGateway({
      database,
      apply: {
        models: pricedByTokens('slow'),
        channels: [chatChannel('slow', upstream.place('slow', slow), ['slow'])],
        users: [alice],
        tokens: [openToken],
      },
    });
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  it.runIf(database === 'sqlite')('refuses to serve a folder that another one serves, and names it', async () => {
    const { exitCode, stderr } = await gateway.command('start');
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain(gateway.folder);
  });

  it('lets streams finish when it is told to stop, and settles them', async () => {
    const response = await rawFetch({ url: gateway.url, key: openToken.key, dialect: 'openai-chat', model: 'slow', stream: true });
    const reading = response.text();
    await eventually('the stream is under way', () => upstream.openResponses() === 1);
    const stopping = gateway.kill('SIGTERM');
    await wait(300);
    const health = await fetch(`${gateway.url}/healthz`).then(
      ({ status }) => status,
      () => 'closed',
    );
    expect([503, 'closed']).toContain(health);
    expect(await reading).toContain('[DONE]');
    expect(await stopping).toBe(0);
    await gateway.start();
    expect(await usageRowsOf(gateway, openToken.key, 1)).toMatchObject([{ outcome: 'ok', policy: 'upstream-usage', cost: '45' }]);
    await gateway.expectCleanLedger();
  });
});

describe('a start that cannot work', () => {
  it.each([
    { environment: { PORT: 'many' }, names: 'PORT' },
    { environment: { DATABASE_URL: 'mysql://localhost' }, names: 'DATABASE_URL' },
    { environment: { DATABASE_URL: 'postgres://127.0.0.1/x', TOLLGATE_SECRET: '' }, names: 'TOLLGATE_SECRET' },
    { environment: { TOLLGATE_SECRET: 'short' }, names: 'TOLLGATE_SECRET' },
  ])('names $names and ends', async ({ environment, names }) => {
    await expect(startGateway({ environment })).rejects.toThrow(names);
  });

  it('names the configuration file that is missing', async () => {
    await expect(startGateway({ configFile: '/nowhere/tollgate.config.ts' })).rejects.toThrow('/nowhere/tollgate.config.ts');
  });
});
