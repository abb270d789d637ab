import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answers, refuses, type ScriptedUpstream, startScriptedUpstream, staysSilent } from '../replay/scripted-upstream.js';
import { alice, type ChannelEntry, chatChannel, neverResting, openToken, pricedByTokens } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { type RawAnswer, rawCall } from './raw-call.js';

/** A proxy that tunnels, and remembers to whom and with which credentials it was asked. */
class TunnelProxy {
  readonly asked: { readonly target: string; readonly credentials: string | undefined }[] = [];
  readonly #server: Server = createServer();

  async start(): Promise<string> {
    this.#server.on('connect', (request, client) => {
      this.asked.push({ target: request.url ?? '', credentials: request.headers['proxy-authorization'] });
      const [host = '', port = ''] = (request.url ?? '').split(':');
      const upstream = connect(Number(port), host, () => {
        client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        upstream.pipe(client).pipe(upstream);
      });
      for (const socket of [client, upstream]) socket.on('error', () => upstream.destroy());
    });
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

describe('what a channel says beside its provider', () => {
  const proxy = new TunnelProxy();
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;

  const ask = (model: string, dialect = 'openai-chat', stream = false): Promise<RawAnswer> =>
    rawCall({ url: gateway.url, key: openToken.key, dialect, model, stream });
  const lastBodyTo = (place: string): Record<string, unknown> =>
    JSON.parse(upstream.requestsTo(place).at(-1)?.body.toString() ?? '{}') as Record<string, unknown>;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const proxyAt = await proxy.start();
    const channel = (name: string, behaviour: Parameters<ScriptedUpstream['place']>[1], more: Partial<ChannelEntry> = {}): ChannelEntry =>
      chatChannel(name, upstream.place(name, behaviour), [name], more);
    const channels: readonly ChannelEntry[] = [
      channel('ruled', answers(), {
        parameters: [
          { default: { temperature: 0.5 }, set: { 'metadata.from': 'gateway' }, remove: ['user'] },
          { models: ['other'], set: { n: 2 } },
        ],
        headers: [{ set: { 'X-Team': 'red', 'User-Agent': 'another/1' } }],
      }),
      channel('patterned', answers(), { models: ['vendor-a', 'vendor-b'], modelMapping: { 'vendor-*': 'house/*-large' } }),
      channel('impatient', staysSilent, { timeouts: { firstByteMs: 300 } }),
      channel('proxied', answers(), { proxy: `http://us%40er:pass@${proxyAt}` }),
      channel('mapped', refuses(400, { error: { message: 'No credit left.', type: 'invalid_request_error' } }), {
        statusMapping: { '400': 402 },
        priority: 1,
      }),
      channel('spare', answers({ text: 'spare' }), { models: ['mapped'] }),
      channel('dear', answers({ text: 'dear' }), { models: ['either'], costRatio: '1.5' }),
      channel('cheap', answers({ text: 'cheap' }), { models: ['either'], costRatio: '0.5' }),
    ];
    const models = pricedByTokens(...new Set(channels.flatMap((entry) => entry.models)));
    const settings = { ...neverResting, routing: { strategyOfModels: { either: 'cheapest' } } };
    gateway = await startGateway({ apply: { models, channels, users: [alice], tokens: [openToken], settings } });
  });
  afterAll(async () => {
    await gateway.stop();
    await upstream.close();
    proxy.close();
  });

  it.each(['openai-chat', 'claude-messages', 'gemini'])('changes the fields and headers of requests that come as %s', async (dialect) => {
    for (const stream of [false, true]) {
      expect((await ask('ruled', dialect, stream)).status).toBe(200);
      const body = lastBodyTo('ruled');
      expect(body).toMatchObject({ model: 'ruled', metadata: { from: 'gateway' } });
      expect(body['temperature']).toBeDefined();
      expect([body['user'], body['n']]).toEqual([undefined, undefined]);
      const { headers } = upstream.requestsTo('ruled').at(-1) ?? { headers: {} };
      expect(headers).toMatchObject({ 'x-team': 'red', 'user-agent': 'another/1' });
    }
  });

  it('names models at its upstream by patterns', async () => {
    await ask('vendor-b');
    expect(lastBodyTo('patterned')).toMatchObject({ model: 'house/b-large' });
  });

  it('waits as long as it says', async () => {
    expect((await ask('impatient')).status).toBe(504);
  });

  it('goes through its proxy, with the credentials of its address', async () => {
    expect((await ask('proxied', 'openai-chat', true)).status).toBe(200);
    const credentials = `Basic ${Buffer.from('us@er:pass').toString('base64')}`;
    expect(proxy.asked).toEqual([{ target: new URL(upstream.url).host, credentials }]);
  });

  it('judges a status as another, so that the next channel is tried', async () => {
    const answer = await ask('mapped');
    expect([answer.status, answer.body.includes('spare')]).toEqual([200, true]);
  });

  it('is chosen by its cost where the strategy says so', async () => {
    for (let call = 0; call < 6; call += 1) expect((await ask('either')).body.toString()).toContain('cheap');
  });
});
