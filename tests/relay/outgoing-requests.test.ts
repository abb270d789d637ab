import { lookup } from 'node:dns/promises';
import { hostname } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isPublicAddress } from '../../packages/core/src/foundation/public-address.js';
import { answers, type Behaviour, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, type ChannelEntry, chatChannel, neverResting, openToken, pricedByTokens } from '../support/apply-document.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { SocksServer } from '../support/socks-server.js';
import { type RawAnswer, rawCall } from './raw-call.js';

const credentials = { username: 'us@er', password: 'pass:word' };
const redirects =
  (location: () => string): Behaviour =>
  (_request, response) => {
    response.writeHead(302, { location: location() }).end();
  };

describe('where requests of a channel go', () => {
  let upstream: ScriptedUpstream;
  let socks: SocksServer;
  let gateway: TestGateway;

  const ask = (model: string, stream = false): Promise<RawAnswer> =>
    rawCall({ url: gateway.url, key: openToken.key, dialect: 'openai-chat', model, stream });

  beforeAll(async () => {
    const { address } = await lookup(hostname());
    expect(isPublicAddress(address), 'the name of this machine is an address of its own network').toBe(false);
    upstream = await startScriptedUpstream();
    socks = new SocksServer(credentials, { port: Number(new URL(upstream.url).port) });
    const socksAt = await socks.start();
    const channel = (name: string, more: Partial<ChannelEntry> = {}, behaviour = answers({ text: name })): ChannelEntry =>
      chatChannel(name, upstream.place(name, behaviour), [name], more);
    const elsewhere = (name: string, host: string, more: Partial<ChannelEntry> = {}): ChannelEntry => {
      const entry = channel(name, more);
      return { ...entry, config: { ...entry.config, baseUrl: String(entry.config['baseUrl']).replace('127.0.0.1', host) } };
    };
    const proxy = `socks5://${encodeURIComponent(credentials.username)}:${encodeURIComponent(credentials.password)}@${socksAt}`;
    const channels: readonly ChannelEntry[] = [
      elsewhere('inside', hostname(), { allowPrivate: false, priority: 1 }),
      { ...elsewhere('inside-files', hostname(), { allowPrivate: false }), provider: 'openai' },
      channel('open', { models: ['open', 'both'] }),
      elsewhere('shut', hostname(), { allowPrivate: false, models: ['both'], priority: 1 }),
      channel(
        'redirected',
        {},
        redirects(() => `${upstream.url}/open/v1/chat/completions`),
      ),
      elsewhere('by-socks', 'vendor.example', { allowPrivate: false, proxy }),
      elsewhere('by-socks-refused', 'vendor.example', { allowPrivate: false, proxy: proxy.replace('word', 'wrong') }),
    ];
    const models = pricedByTokens(...new Set(channels.flatMap((entry) => entry.models)));
    gateway = await startGateway({ apply: { models, channels, users: [alice], tokens: [openToken], settings: neverResting } });
  });
  afterAll(async () => {
    await gateway.stop();
    await upstream.close();
    socks.close();
  });

  it('is refused in an apply file where the address itself is private, unless the channel may', async () => {
    const hosts = ['127.0.0.1', '127.1', '2130706433', '0x7f.1', '0.0.0.0', '169.254.169.254', '[::1]', '[::ffff:10.0.0.1]', 'localhost'];
    const entries = hosts.map((host, index) => ({ ...chatChannel(`new-${index}`, `http://${host}:9/v1`, ['new']), allowPrivate: false }));
    const refused = await gateway.apply({ channels: entries }, '--dry-run');
    expect(refused.exitCode).not.toBe(0);
    const problems = refused.stderr.split('\n').filter((line) => /allowPrivate.* private network\. Say `allowPrivate: true`/.test(line));
    expect(problems).toHaveLength(hosts.length);
    const allowed = entries.map((entry) => ({ ...entry, allowPrivate: true }));
    expect(await gateway.apply({ channels: allowed }, '--dry-run')).toMatchObject({ exitCode: 0 });
  });

  it('is refused where a name leads into a private network, and nothing of that is told to callers', async () => {
    for (const stream of [false, true]) {
      const answer = await ask('inside', stream);
      expect([answer.status, answer.body.toString()]).toEqual([502, expect.stringContaining('"address_refused"')]);
      expect(answer.body.toString()).not.toContain(hostname());
    }
    expect(upstream.requestsTo('inside')).toEqual([]);
    const told = new RegExp(`${hostname()} is in a private network .* allowPrivate allows it`);
    await eventually('the log tells what to set', async () => told.test(gateway.logs));
  });

  it('is refused for files likewise', async () => {
    const body = new FormData();
    body.set('purpose', 'user_data');
    body.set('file', new Blob(['text']), 'file.txt');
    const response = await fetch(`${gateway.url}/v1/files`, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${openToken.key}` },
    });
    expect([response.status, await response.text()]).toEqual([502, expect.stringContaining('"address_refused"')]);
    expect(upstream.requestsTo('inside-files')).toEqual([]);
  });

  it('leaves the call to the next channel', async () => {
    expect((await ask('both')).body.toString()).toContain('open');
    expect(upstream.requestsTo('shut')).toEqual([]);
  });

  it('is never where an upstream redirects to', async () => {
    const before = upstream.requestsTo('open').length;
    expect((await ask('redirected')).status).toBe(502);
    expect(upstream.requestsTo('open')).toHaveLength(before);
  });

  it('may be a SOCKS proxy, which looks the name up', async () => {
    for (const stream of [false, true]) expect((await ask('by-socks', stream)).body.toString()).toContain('by-socks');
    expect(socks.asked).toContainEqual({ host: 'vendor.example', port: Number(new URL(upstream.url).port) });
  });

  it('keeps the credentials of a proxy to itself', async () => {
    const answer = await ask('by-socks-refused');
    expect([answer.status, answer.body.toString()]).toEqual([502, expect.stringContaining('upstream_connection_failed')]);
    await gateway.kill('SIGTERM');
    const everything = answer.body.toString() + gateway.logs;
    for (const secret of [credentials.username, credentials.password, 'pass:wrong', 'us%40er', 'pass%3A'])
      expect(everything).not.toContain(secret);
  });
});
