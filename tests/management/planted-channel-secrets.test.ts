import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listenLocally, type LocalServer, readRequest, type RecordedRequest } from '../replay/local-server.js';
import { alice, openToken, pricedByTokens } from '../support/apply-document.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { repositoryFolder } from '../support/repository.js';
import { ManagementClient } from './management-client.js';

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2_048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

const planted = {
  plainKey: 'sk-planted-plain-0123456789abcdef',
  accessKeyId: 'AKIAPLANTED0123456789',
  secretAccessKey: 'planted/secret+access/key/0123456789abcd',
  sessionToken: 'planted-session-token-0123456789abcdef',
  accountKeyId: 'planted-private-key-id-0123456789',
  // A line of it: as a whole it never stands in JSON.
  privateKey: privateKey.split('\n')[3] ?? '',
  accessToken: 'planted-access-token-0123456789abcdef',
  proxyPassword: 'planted-pass:word@0123',
  webhookToken: 'planted-webhook-token-0123',
  webhookSecret: 'planted webhook secret 0123',
} as const;

/** As a secret may stand in a text. */
function spellingsOf(secret: string): readonly string[] {
  const base64 = Buffer.from(secret);
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), base64.toString('base64').replace(/.{1,3}=*$/, '')];
}

describe('planted secrets of channels and of the webhook', () => {
  let parrot: LocalServer;
  let gateway: TestGateway;
  let root: ManagementClient;
  const said: string[] = [];
  const heard: string[] = [];

  /** Gives a token, and else refuses with all that it was sent. */
  function refuse({ path, headers, body }: RecordedRequest, response: ServerResponse): ServerResponse {
    response.setHeader('content-type', 'application/json');
    if (path === '/token') return response.end(JSON.stringify({ access_token: planted.accessToken, expires_in: 3_599 }));
    const sent = `${path} ${Object.values(headers).join(' ')} ${body.toString()}`;
    heard.push(sent);
    response.statusCode = 401;
    return response.end(JSON.stringify({ error: { code: 401, message: `Wrong credentials: ${sent}`, type: 'invalid' }, message: sent }));
  }

  beforeAll(async () => {
    parrot = await listenLocally((request, response) => {
      void readRequest(request).then((recorded) => refuse(recorded, response));
    });
    const account = {
      client_email: 'a@p.example',
      project_id: 'p',
      private_key_id: planted.accountKeyId,
      private_key: privateKey,
      token_uri: `${parrot.url}/token`,
    };
    const { accessKeyId, secretAccessKey, sessionToken } = planted;
    const proxy = `http://me:${encodeURIComponent(planted.proxyPassword)}@127.0.0.1:9`;
    const plain = { provider: 'openai-compatible', config: { baseUrl: `${parrot.url}/v1`, apiKey: planted.plainKey } };
    const signed = { accessKeyId, secretAccessKey, sessionToken };
    gateway = await startGateway({
      configFile: join(repositoryFolder, 'tests/support/preset-config/tollgate.config.ts'),
      environment: { LOG_LEVEL: 'debug' },
      apply: {
        models: pricedByTokens('plain', 'proxied', 'gemini-2.5-pro', 'claude-sonnet-4-5'),
        channels: [
          { ...plain, name: 'plain', models: ['plain'] },
          { ...plain, name: 'proxied', models: ['proxied'], proxy },
          {
            name: 'account',
            provider: 'vertex',
            config: { baseUrl: parrot.url, serviceAccount: JSON.stringify(account) },
            models: ['gemini-2.5-pro'],
          },
          { name: 'signed', provider: 'bedrock', config: { baseUrl: parrot.url, ...signed }, models: ['claude-sonnet-4-5'] },
        ],
        users: [alice, { username: 'root', role: 'root' }],
        tokens: [openToken],
        settings: {
          notifications: {
            webhookUrl: `http://127.0.0.1:9/told?token=${planted.webhookToken}`,
            webhookSecret: planted.webhookSecret,
            allowPrivate: true,
            tell: 'everything',
          },
        },
      },
    });
    root = await ManagementClient.of(gateway);
  });
  afterAll(async () => {
    await gateway?.stop();
    await parrot?.close();
  });

  async function ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await root.ask(method, path, body);
    said.push(`${method} ${path.split('?')[0]} ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async function call(model: string): Promise<void> {
    const headers = { authorization: `Bearer ${openToken.key}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] });
    said.push(await (await fetch(`${gateway.url}/v1/chat/completions`, { method: 'POST', headers, body })).text());
  }

  async function useChannels(): Promise<readonly string[]> {
    for (const model of ['plain', 'proxied', 'gemini-2.5-pro', 'claude-sonnet-4-5']) await call(model);
    const { items } = (await ask('GET', '/api/channels')) as { items: readonly { id: string }[] };
    for (const { id } of items) {
      await ask('POST', `/api/channels/${id}/test`, {});
      await ask('POST', `/api/channels/${id}/test`, { stream: true });
      await ask('GET', `/api/channels/${id}/test`);
      await ask('POST', `/api/channels/${id}/balance`, {});
      await ask('GET', `/api/channels/${id}/models`);
      await ask('POST', `/api/channels/${id}/models/sync`, {});
    }
    expect(items).toHaveLength(4);
    return items.map(({ id }) => id);
  }

  /** With secrets in the wrong places, or in the right ones of something that is refused. */
  async function sendWhatIsRefused(id: string): Promise<void> {
    const { accessKeyId, secretAccessKey, sessionToken, webhookToken, webhookSecret, proxyPassword } = planted;
    const entry = { name: 'refused', models: ['m'] };
    const keys = [{ key: { accessKeyId, secretAccessKey, sessionToken, other: secretAccessKey } }];
    await ask('POST', '/api/channels', { ...entry, provider: 'bedrock', keys });
    await ask('POST', '/api/channels', { ...entry, provider: 'bedrock', config: { secretAccessKey: [secretAccessKey], accessKeyId } });
    await ask('POST', '/api/channels', { ...entry, provider: 'bedrock', keys: [secretAccessKey] });
    for (const serviceAccount of [`{"private_key":"${planted.privateKey}"`, { private_key: planted.privateKey }])
      await ask('POST', '/api/channels', { ...entry, provider: 'vertex', config: { serviceAccount } });
    await ask('PATCH', `/api/channels/${id}`, { proxy: `ftp://me:${encodeURIComponent(proxyPassword)}@127.0.0.1:9` });
    await ask('PATCH', `/api/channels/${id}`, { proxy: [`http://me:${encodeURIComponent(proxyPassword)}@127.0.0.1:9`] });
    await ask('PUT', '/api/settings/notifications', { webhookUrl: `ftp://127.0.0.1/told?token=${webhookToken}` });
    await ask('PUT', '/api/settings/notifications', { webhookSecret: webhookSecret.repeat(20) });
    await ask('PUT', '/api/settings/notifications', { webhookSecret: [webhookSecret], webhookUrl: { url: webhookToken } });
    expect(said.slice(-10).map((line) => / (\d+): /.exec(line)?.[1])).toEqual(Array<string>(10).fill('400'));
    await ask('PUT', '/api/settings/notifications', { webhookSecret: `${webhookSecret}!` });
    await ask('PATCH', `/api/channels/${id}`, { config: { baseUrl: parrot.url, secretAccessKey: `${secretAccessKey}!` } });
  }

  it('are in no answer, no error, no metric, no line of the log and not in clear in the database', async () => {
    const [first = ''] = await useChannels();
    await sendWhatIsRefused(first);
    for (const secret of [planted.plainKey, planted.secretAccessKey])
      await ask('GET', `/api/channels?keyHint=${encodeURIComponent(secret)}`);
    for (const kind of ['test', 'balance']) {
      const run = (await ask('POST', '/api/channel-runs', { kind })) as { id: string };
      await eventually(
        'the run is over',
        async () => ((await ask('GET', `/api/channel-runs/${run.id}`)) as { finishedAt?: string }).finishedAt !== undefined,
      );
      await ask('GET', `/api/channel-runs/${run.id}/channels`);
    }
    await eventually('the webhook was tried', () => gateway.logs.includes('tell-health'));
    const { paths } = (await ask('GET', '/api/openapi.json')) as { paths: Readonly<Record<string, object>> };
    for (const [path, methods] of Object.entries(paths)) if ('get' in methods) await ask('GET', path.replaceAll(/\{\w+\}/g, first));
    await ask('GET', '/api/settings/notifications');
    await ask('GET', '/api/audit?limit=500');
    expect(paths).toHaveProperty('/metrics');
    await gateway.kill('SIGTERM');

    const data = join(gateway.folder, 'data');
    const stored = readdirSync(data).map((file) => readFileSync(join(data, file), 'latin1'));
    const places = { answers: said.join('\n'), log: gateway.logs, database: stored.join('\n') };
    const found = Object.entries(places).flatMap(([place, text]) =>
      Object.entries(planted).flatMap(([name, secret]) =>
        spellingsOf(secret).some((each) => text.includes(each)) ? [`${name}: ${place}`] : [],
      ),
    );
    expect(found).toEqual([]);
    const wasSent = (secret: string): boolean => heard.some((sent) => sent.includes(secret));
    for (const name of ['plainKey', 'accessKeyId', 'sessionToken', 'accessToken'] as const) expect(wasSent(planted[name]), name).toBe(true);
  });
});
