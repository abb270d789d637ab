import { ApiError, type CachedContent, GoogleGenAI } from '@google/genai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { geminiAccount, type GeminiAccount } from '../replay/gemini-account.js';
import { answers, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, type ChannelEntry, chatChannel, keyOf, openToken, pricedByTokens } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { usageRowsOf } from '../support/usage-rows.js';
import { readError } from './error-shapes.js';

/** Two projects at the vendor. `first` is preferred; `second` alone offers the model `rare`. */
const upstreamKeyOf = (name: string): string => `upstream-secret-of-${name}`;
const password = 'a long enough password';

describe('what is kept at a project of Gemini', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let accounts: Record<'first' | 'second', GeminiAccount>;
  let google: GoogleGenAI;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    accounts = { first: geminiAccount('first', upstreamKeyOf('first')), second: geminiAccount('second', upstreamKeyOf('second')) };
    const token = (name: string, more: object = {}) => ({ name, user: 'alice', key: keyOf(name), unlimited: true, ...more });
    gateway = await startGateway({
      apply: {
        models: pricedByTokens('common', 'rare', 'spoken-otherwise'),
        channels: [
          channelOf('first', ['common'], { priority: 10, modelMapping: { common: 'common-2' } }),
          channelOf('second', ['common', 'rare'], { modelMapping: { common: 'common-2', rare: 'common-2' } }),
          chatChannel('chat', upstream.place('chat', answers()), ['spoken-otherwise']),
        ],
        users: [alice, { username: 'bob', password, points: 1_000_000 }, { username: 'carol', password, points: 1 }],
        tokens: [
          openToken,
          token('caching'),
          token('one-model', { models: ['common'] }),
          token('stranger', { user: 'bob' }),
          token('lister'),
          token('poor', { user: 'carol' }),
        ],
      },
    });
    google = clientOf(openToken.key);
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  function channelOf(name: 'first' | 'second', models: readonly string[], more: Partial<ChannelEntry>): ChannelEntry {
    const baseUrl = upstream.place(name, accounts[name].behaviour).replace(/\/v1$/, '');
    return { name, provider: 'gemini', config: { baseUrl, apiKey: upstreamKeyOf(name) }, models, ...more };
  }

  function clientOf(key: string): GoogleGenAI {
    return new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: gateway.url } });
  }

  const cacheAtSecond = (client = google): Promise<CachedContent> =>
    client.caches.create({ model: 'rare', config: { contents: 'A very long book.', displayName: 'book' } });

  const ask = (cachedContent: string, model = 'common', client = google) =>
    client.models.generateContent({ model, contents: 'What is in it?', config: { cachedContent } });

  /** An upload by the resumable protocol, in chunks of 8 MiB. */
  const uploaded = (client = google, text = 'some bytes') =>
    client.files.upload({ file: new Blob([text], { type: 'text/plain' }), config: { displayName: 'notes' } });

  describe('as cached contents', () => {
    it('is used where it is, although another channel is preferred', async () => {
      const { name = '' } = await cacheAtSecond();
      expect((await ask(name)).text).toBe('second answers from the cache');
      expect((await google.models.generateContent({ model: 'common', contents: 'Hello' })).text).toBe('first answers');
    });

    it('is read, prolonged and deleted where it is', async () => {
      const { name = '', expireTime = '' } = await cacheAtSecond();
      expect((await google.caches.get({ name })).name).toBe(name);
      const prolonged = await google.caches.update({ name, config: { ttl: '86400s' } });
      expect(Date.parse(prolonged.expireTime ?? '')).toBeGreaterThan(Date.parse(expireTime));
      await google.caches.delete({ name });
      expect(await refusalOf(google.caches.get({ name }))).toMatchObject({ status: 404, code: 'resource_not_found' });
      expect(await refusalOf(ask(name))).toMatchObject({ status: 400, code: 'reference_not_found' });
    });

    it('is paid for when it is made, by what the upstream counts', async () => {
      const client = clientOf(keyOf('caching'));
      const { name = '' } = await cacheAtSecond(client);
      await ask(name, 'common', client);
      await client.caches.get({ name });
      const rows = await usageRowsOf(gateway, keyOf('caching'), 2);
      expect(rows).toMatchObject([
        { model: 'common', usage: { input: 2_010, cacheRead: 2_000, output: 3 }, cost: '1016' },
        { model: 'rare', outcome: 'ok', usage: { input: 2_000, output: 0 }, estimated: false, cost: '2000' },
      ]);
    });

    it('is made only by whom its price and the token allow', async () => {
      const contents = 'word '.repeat(1_000);
      const poor = clientOf(keyOf('poor')).caches.create({ model: 'rare', config: { contents } });
      expect(await refusalOf(poor)).toMatchObject({ code: 'insufficient_quota' });
      expect(await refusalOf(cacheAtSecond(clientOf(keyOf('one-model'))))).toMatchObject({ status: 403, code: 'model_not_allowed' });
      const foreign = google.caches.create({ model: 'spoken-otherwise', config: { contents } });
      expect(await refusalOf(foreign)).toMatchObject({ status: 503, code: 'no_channel' });
    });

    it('of somebody else is as unknown as what never was', async () => {
      const { name = '' } = await cacheAtSecond();
      const stranger = clientOf(keyOf('stranger'));
      const before = upstream.requests.length;
      const tries: readonly ((named: string) => Promise<unknown>)[] = [
        (named) => stranger.caches.get({ name: named }),
        (named) => stranger.caches.update({ name: named, config: { ttl: '60s' } }),
        (named) => stranger.caches.delete({ name: named }),
        (named) => ask(named, 'common', stranger),
      ];
      for (const attempt of tries) {
        const told = await Promise.all(
          [name, 'cachedContents/never'].map(async (named) => {
            const { status, code, message } = await refusalOf(attempt(named));
            return `${status} ${code} ${message}`.replaceAll(named.slice(named.indexOf('/') + 1), '…');
          }),
        );
        expect(told[0]).toMatch(/reference_not_found|resource_not_found/);
        expect(told[0]).toBe(told[1]);
      }
      expect(upstream.requests).toHaveLength(before);
      expect(await namesOf(await stranger.caches.list())).toEqual([]);
    });

    it('cannot be used with a model that another dialect serves', async () => {
      const { name = '' } = await cacheAtSecond();
      expect(await refusalOf(ask(name, 'spoken-otherwise'))).toMatchObject({ status: 400, code: 'state_not_available' });
    });

    it('is listed page by page, wherever it is, to its owner alone', async () => {
      const client = clientOf(keyOf('stranger'));
      const made = [await cacheAtSecond(client), await client.caches.create({ model: 'common', config: { contents: 'A book.' } })];
      const pager = await client.caches.list({ config: { pageSize: 1 } });
      expect((await namesOf(pager)).toSorted()).toEqual(made.map(({ name }) => name).toSorted());
      await client.caches.delete({ name: made[0]?.name ?? '' });
      expect(await namesOf(await client.caches.list())).toEqual([made[1]?.name]);
    });
  });

  describe('as a file', () => {
    it('is uploaded through the gateway in chunks, whoever follows the address', async () => {
      const bytes = 'x'.repeat(9 * 1_048_576);
      const file = await uploaded(google, bytes);
      expect(file).toMatchObject({ displayName: 'notes', mimeType: 'text/plain', sizeBytes: String(bytes.length) });
      expect(file.name).toContain('first');
    });

    it('is told the address of the gateway, without anything of the vendor', async () => {
      const response = await fetch(`${gateway.url}/upload/v1beta/files?key=${openToken.key}`, {
        method: 'POST',
        headers: { 'x-goog-upload-protocol': 'resumable', 'x-goog-upload-command': 'start', 'content-type': 'application/json' },
        body: '{"file":{"displayName":"notes"}}',
      });
      const address = response.headers.get('x-goog-upload-url') ?? '';
      expect(address).toMatch(new RegExp(`^${gateway.url}/upload/v1beta/files\\?upload_id=[^&]+&upload_protocol=resumable$`));
      expect(response.headers.get('x-internal')).toBeNull();
      const send = (key: string): Promise<Response> =>
        fetch(address, {
          method: 'POST',
          headers: { 'x-goog-api-key': key, 'x-goog-upload-command': 'upload, finalize', 'x-goog-upload-offset': '0' },
          body: 'bytes',
        });
      const refused = await send(keyOf('stranger'));
      expect(refused.status).toBe(404);
      expect(readError('gemini', 404, await refused.json()).code).toBe('resource_not_found');
      expect(((await (await send(openToken.key)).json()) as { file: { name: string } }).file.name).toContain('files/');
    });

    it('is read by the models of its channel alone, with others of the same user', async () => {
      const files = [await uploaded(), await uploaded()];
      const parts = files.map(({ uri = '' }) => ({ fileData: { fileUri: uri, mimeType: 'text/plain' } }));
      const answer = await google.models.generateContent({ model: 'common', contents: [{ role: 'user', parts }] });
      expect(answer.text).toBe('first answers');
      const elsewhere = google.models.generateContent({ model: 'rare', contents: [{ role: 'user', parts }] });
      expect(await refusalOf(elsewhere)).toMatchObject({ status: 400, code: 'resource_unreachable' });
      expect((await google.caches.create({ model: 'common', config: { contents: [{ role: 'user', parts }] } })).name).toContain('first');
      const stolen = clientOf(keyOf('stranger')).models.generateContent({ model: 'common', contents: [{ role: 'user', parts }] });
      expect(await refusalOf(stolen)).toMatchObject({ status: 400, code: 'reference_not_found' });
    });

    it('is got, listed to its owner alone, and deleted', async () => {
      const lister = clientOf(keyOf('stranger'));
      await uploaded();
      const { name = '' } = await uploaded(lister);
      expect((await lister.files.get({ name })).name).toBe(name);
      expect(await namesOf(await lister.files.list())).toEqual([name]);
      expect(await refusalOf(google.files.get({ name }))).toMatchObject({ status: 404, code: 'resource_not_found' });
      await lister.files.delete({ name });
      expect(await namesOf(await lister.files.list())).toEqual([]);
    });

    it('is gone when the vendor has let it go, which is no fault of the channel', async () => {
      const { name = '', uri = '' } = await uploaded();
      accounts.first.expire(name);
      expect(await refusalOf(google.files.get({ name }))).toMatchObject({ status: 404, code: 'resource_not_found' });
      const parts = [{ fileData: { fileUri: uri, mimeType: 'text/plain' } }];
      const asked = await refusalOf(google.models.generateContent({ model: 'common', contents: [{ role: 'user', parts }] }));
      expect(asked).toMatchObject({ status: 404, code: 'resource_not_found' });
      expect(asked.message).toContain('may not exist');
    });

    it('is uploaded to the next channel while the preferred one is down', async () => {
      accounts.first.isDown = true;
      const file = await uploaded();
      accounts.first.isDown = false;
      expect(file.name).toContain('second');
      expect((await google.files.get({ name: file.name ?? '' })).name).toBe(file.name);
    });
  });

  it('leaves clean books, and no key of an upstream in the logs', async () => {
    await gateway.expectCleanLedger();
    for (const name of ['first', 'second']) expect(gateway.logs).not.toContain(upstreamKeyOf(name));
  });
});

async function namesOf(pager: AsyncIterable<{ readonly name?: string }>): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { name = '' } of pager) names.push(name);
  return names;
}

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** What the caller is told, read in the dialect's own shape. */
async function refusalOf(call: Promise<unknown>): Promise<Refusal> {
  const error = await call.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  if (!(error instanceof ApiError)) throw new Error(`The call did not fail as expected: ${String(error)}`);
  return { status: error.status, ...readError('gemini', error.status, JSON.parse(error.message)) };
}
