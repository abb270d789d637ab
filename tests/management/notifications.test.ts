import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answers, refuses, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { rawCall } from '../relay/raw-call.js';
import { alice, chatChannel, keyOf, openToken, pricedByTokens } from '../support/apply-document.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { databaseKinds } from '../support/own-database.js';
import { ManagementClient } from './management-client.js';

interface Told {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly notice: Readonly<Record<string, unknown>>;
}

const secret = 'what signs the notices';
const channelKey = keyOf('upstream');

describe.each(databaseKinds)('a webhook on %s', (database) => {
  const told: Told[] = [];
  let status = 200;
  let webhook: Server;
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let root: ManagementClient;

  beforeAll(async () => {
    webhook = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const body = Buffer.concat(parts).toString();
        told.push({ headers: request.headers, body, notice: JSON.parse(body) as Told['notice'] });
        response.writeHead(status).end();
      });
    });
    await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve));
    upstream = await startScriptedUpstream();
    gateway = await startGateway({
      database,
      apply: {
        models: pricedByTokens('m', 'plain'),
        channels: [
          {
            name: 'main',
            provider: 'openai-compatible',
            config: { baseUrl: upstream.place('main', refuses(401)) },
            keys: [channelKey],
            models: ['m'],
            allowPrivate: true,
          },
          chatChannel('plain', upstream.place('plain', refuses(401)), ['plain']),
        ],
        users: [alice, { username: 'root', role: 'root' }],
        tokens: [openToken],
        settings: {
          notifications: {
            webhookUrl: `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/told?token=hidden`,
            webhookSecret: secret,
            allowPrivate: true,
          },
        },
      },
    });
    root = await ManagementClient.of(gateway);
  });
  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
    webhook?.close().closeAllConnections();
  });

  it('is told which channel went down and why, signed and without a key, again until it has taken it', async () => {
    status = 500;
    await rawCall({ url: gateway.url, key: openToken.key, dialect: 'openai-chat', model: 'm' });
    await eventually('the webhook was told', () => told.length > 0);
    status = 200;
    await eventually('it was told again', () => told.length > 1);
    const [first, second] = told as [Told, Told];
    expect(first.notice).toMatchObject({
      event: 'channel.down',
      channel: { name: 'main' },
      keyId: expect.any(String) as string,
      state: 'disabled',
      reason: 'status',
      text: expect.stringMatching(/^Key \S+ of channel "main" is disabled \(status, \w+\)\.$/) as string,
    });
    expect(first.headers['x-tollgate-signature']).toBe(`sha256=${createHmac('sha256', secret).update(first.body).digest('hex')}`);
    expect(second.body).toBe(first.body);
    expect(first.body).not.toContain(channelKey);
  });

  it('is told when it is back', async () => {
    upstream.place('main', answers());
    const { items } = await root.done<{ items: readonly { id: string }[] }>('GET', '/api/channels');
    const before = told.length;
    await root.done('POST', `/api/channels/${items[0]?.id}/test`, { keyId: told[0]?.notice['keyId'] });
    await eventually('the webhook was told', () => told.length > before);
    expect(told.at(-1)?.notice).toMatchObject({ event: 'channel.up', channel: { name: 'main' }, state: 'closed' });
  });

  it('is told of a key that stands in no list by the name of its channel', async () => {
    const before = told.length;
    await rawCall({ url: gateway.url, key: openToken.key, dialect: 'openai-chat', model: 'plain' });
    await eventually('the webhook was told', () => told.length > before);
    expect(told.at(-1)?.notice).toMatchObject({ text: 'The key of channel "plain" is disabled (status, scripted).' });
  });

  it('has an address that nobody can read', async () => {
    const { values, stored } = await root.done<{ values: object; stored: readonly string[] }>('GET', '/api/settings/notifications');
    expect(values).toEqual({ allowPrivate: true, tell: 'lasting', downAfterMs: 120_000 });
    expect(stored).toEqual(['allowPrivate', 'webhookSecret', 'webhookUrl']);
    expect(gateway.logs).not.toContain('token=hidden');
  });

  it('must have an address of the web', async () => {
    expect(await root.ask('PUT', '/api/settings/notifications', { webhookUrl: 'ftp://example.com' })).toMatchObject({ status: 400 });
  });
});
