import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { credentialOf, pathOf, questionIn } from '../relay/raw-call.js';
import { answers, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, chatChannel, openToken, pricedByTokens } from '../support/apply-document.js';
import { collect, runCommand } from '../support/command.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { databaseKinds } from '../support/own-database.js';
import { repositoryFolder } from '../support/repository.js';
import { accountOf, usageRowsOf } from '../support/usage-rows.js';

const configFile = join(repositoryFolder, 'tests/support/gateway-config/tollgate.config.ts');

function healthOf({ url }: TestGateway): Promise<number | 'refused'> {
  return fetch(`${url}/healthz`).then(
    ({ status }) => status,
    () => 'refused' as const,
  );
}

describe.each(databaseKinds)('a gateway on %s', (database) => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const slow = answers({ text: 'word ', chunks: 30, chunkDelayMs: 100, usage: { prompt_tokens: 5, completion_tokens: 20 } });
    gateway = await startGateway({
      database,
      apply: {
        models: pricedByTokens('slow'),
        channels: [chatChannel('slow', upstream.place('slow', slow), ['slow'])],
        users: [alice],
        tokens: [openToken],
        settings: { ledger: { nodeLeaseMs: 3_000 } },
      },
    });
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  /** A stream of three seconds that has begun, on a connection of its own. */
  async function begunStream(): Promise<{ readonly connection: Socket; readonly received: () => string }> {
    const call = { url: gateway.url, key: openToken.key, dialect: 'openai-chat', model: 'slow', stream: true };
    const body = JSON.stringify(questionIn(call.dialect, call.model, true));
    const { hostname, port } = new URL(gateway.url);
    const connection = connect(Number(port), hostname);
    const { text: received } = collect(connection);
    const headers = { host: hostname, ...credentialOf(call.dialect, call.key), 'content-length': String(body.length) };
    const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    connection.write(`POST ${pathOf(call)} HTTP/1.1\r\n${head.join('')}\r\n${body}`);
    await eventually('the stream has begun', () => received().includes('data: '));
    return { connection, received };
  }

  if (database === 'sqlite')
    it('refuses a second start on the folder before it looks into the database, and names it', async () => {
      // The database would refuse the secret.
      const variables = { DATA_DIR: join(gateway.folder, 'data'), PORT: '0', TOLLGATE_SECRET: 'another secret than the one in use' };
      const { exitCode, stdout, stderr } = await runCommand(['start', '--config', configFile], variables, gateway.folder);
      expect(exitCode).toBe(1);
      expect(stdout).toBe('');
      expect(stderr).toContain(join(gateway.folder, 'data'));
      expect(stderr).toMatch(/Stop it first, or set DATA_DIR/);
    });

  it('lets streams finish when it is told to stop, and settles them', async () => {
    const { connection, received } = await begunStream();
    const ended = once(connection, 'close');
    const stopping = gateway.kill('SIGTERM');
    await eventually('no new connection is taken', async () => (await healthOf(gateway)) === 'refused');
    // On a connection that is open still, health can be asked.
    connection.write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n');
    await ended;
    expect(received()).toMatch(/\[DONE\][\s\S]*HTTP\/1\.1 503 [\s\S]*connection: close[\s\S]*shutting down/i);
    expect(await stopping).toBe(0);
    await gateway.start();
    expect(await usageRowsOf(gateway, openToken.key, 1)).toMatchObject([{ outcome: 'ok', policy: 'upstream-actual', cost: '45' }]);
    await gateway.expectCleanLedger();
  });

  it('ends at once at a second signal, and closes at the next start what that left open', async () => {
    const { connection, received } = await begunStream();
    const ended = once(connection, 'close');
    const stopping = gateway.kill('SIGTERM');
    // The first signal may arrive twice within a second, where npm hands it on.
    await wait(1_200);
    await gateway.kill('SIGTERM');
    expect(await stopping).toBe(1);
    await ended;
    expect(received()).not.toContain('[DONE]');
    await gateway.start();
    await eventually('the hold is swept', async () => (await accountOf(gateway, openToken.key)).held === '0', 60_000);
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
