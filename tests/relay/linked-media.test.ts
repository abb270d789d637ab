import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalServer, listenLocally } from '../replay/local-server.js';
import { type ScriptedUpstream, sendJson, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, openToken, pricedByTokens } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { readError } from './error-shapes.js';
import { bodiesTo, channelIn, plainAnswerIn, plainDialects } from './plain-vendors.js';
import { rawCall } from './raw-call.js';

const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.from('pixels')]);
const pdf = Buffer.from('%PDF-1.7 pages');
const wav = Buffer.concat([Buffer.from('RIFF0000WAVEfmt ', 'latin1'), Buffer.from('sound')]);
const bytesMax = 1_000;

/** What the media server has at each path. */
const served: Readonly<Record<string, { readonly status?: number; readonly type?: string; readonly bytes: Buffer }>> = {
  '/cat.png': { type: 'image/png', bytes: png },
  '/unnamed': { type: 'application/octet-stream', bytes: png },
  '/report.pdf': { type: 'application/pdf', bytes: pdf },
  '/word.wav': { type: 'audio/x-wav', bytes: wav },
  '/login': { type: 'text/html; charset=utf-8', bytes: Buffer.from('<html>Sign in</html>') },
  '/gone.png': { status: 404, type: 'text/plain', bytes: Buffer.from('gone') },
  '/huge.png': { type: 'image/png', bytes: Buffer.alloc(bytesMax + 1) },
  '/half.png': { type: 'image/png', bytes: Buffer.concat([png, Buffer.alloc(bytesMax / 2)]) },
  '/other-half.png': { type: 'image/png', bytes: Buffer.concat([png, Buffer.alloc(bytesMax / 2)]) },
};

/** A question with one medium by address, in the words of each dialect, and the name of the field that holds the address. */
const image: Readonly<Record<string, (model: string, url: string) => { readonly body: object; readonly field: string }>> = {
  'openai-chat': (model, url) => ({
    body: { model, messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }] },
    field: 'messages.0.content.0.image_url.url',
  }),
  'openai-responses': (model, url) => ({
    body: { model, input: [{ role: 'user', content: [{ type: 'input_image', image_url: url }] }] },
    field: 'input.0.content.0.image_url',
  }),
  'claude-messages': (model, url) => ({
    body: { model, max_tokens: 50, messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'url', url } }] }] },
    field: 'messages.0.content.0.source.url',
  }),
  gemini: (_model, url) => ({
    body: { contents: [{ role: 'user', parts: [{ fileData: { fileUri: url, mimeType: 'image/png' } }] }] },
    field: 'contents.0.parts.0.fileData.fileUri',
  }),
};

describe('media by address', () => {
  let media: LocalServer;
  let asked: string[] = [];
  let upstream: ScriptedUpstream;
  /** Fetches from private networks as well; the other one keeps to the default. */
  let open: TestGateway;
  let usual: TestGateway;

  beforeAll(async () => {
    media = await listenLocally(({ url = '' }, response) => {
      asked.push(url);
      const { status = 200, type, bytes } = served[url] ?? { status: 404, bytes: Buffer.alloc(0) };
      response.writeHead(status, type === undefined ? {} : { 'content-type': type }).end(bytes);
    });
    upstream = await startScriptedUpstream();
    const channels = plainDialects.map((dialect) => {
      const place = upstream.place(dialect, (_request, response) => sendJson(response, 200, plainAnswerIn[dialect]));
      return channelIn(dialect, dialect, place, [dialect]);
    });
    const apply = { models: pricedByTokens(...plainDialects), channels, users: [alice], tokens: [openToken] };
    open = await startGateway({ apply: { ...apply, settings: { media: { allowPrivate: true, bytesMax, fetchedMax: 2 } } } });
    usual = await startGateway({ apply });
  });

  afterAll(async () => {
    await open?.stop();
    await usual?.stop();
    await upstream?.close();
    await media?.close();
  });

  const ask = async (gateway: TestGateway, dialect: string, model: string, body: object) => {
    asked = [];
    return rawCall({ url: gateway.url, key: openToken.key, dialect, model, body: JSON.stringify(body) });
  };

  const askedOf = (dialect: string): string => JSON.stringify(bodiesTo(upstream, dialect).at(-1));

  /** Who takes an image by this http address itself; the others get its bytes. */
  const opensItself = (dialect: string): boolean => dialect.startsWith('openai');

  it.each(plainDialects.flatMap((from) => plainDialects.filter((to) => to !== from).map((to) => ({ from, to }))))(
    'reaches $to from a client of $from: as bytes where the upstream cannot open it, and untouched where it can',
    async ({ from, to }) => {
      const url = `${media.url}/cat.png`;
      const answer = await ask(open, from, to, image[from]?.(to, url).body ?? {});
      expect(answer.status, answer.body.toString()).toBe(200);
      const sent = askedOf(to);
      expect(asked).toEqual(opensItself(to) ? [] : ['/cat.png']);
      expect(sent.includes(png.toString('base64'))).toBe(!opensItself(to));
      expect(sent.includes(url)).toBe(opensItself(to));
      expect(answer.headers.get('x-tollgate-loss')).toBeNull();
    },
  );

  it.each(plainDialects)('is not fetched where the bytes of a client of %s pass', async (dialect) => {
    const answer = await ask(open, dialect, dialect, image[dialect]?.(dialect, `${media.url}/cat.png`).body ?? {});
    expect(answer.status).toBe(200);
    expect(asked).toEqual([]);
    expect(askedOf(dialect)).toContain('/cat.png');
  });

  it('is a document for a vendor that wants documents as bytes', async () => {
    const input = [{ role: 'user', content: [{ type: 'input_file', file_url: `${media.url}/report.pdf` }] }];
    const answer = await ask(open, 'openai-responses', 'openai-chat', { model: 'openai-chat', input });
    expect(answer.status).toBe(200);
    expect(askedOf('openai-chat')).toContain(`data:application/pdf;base64,${pdf.toString('base64')}`);
  });

  it('is a recording for a vendor that wants recordings as bytes', async () => {
    const parts = [{ fileData: { fileUri: `${media.url}/word.wav`, mimeType: 'audio/wav' } }];
    await ask(open, 'gemini', 'openai-chat', { contents: [{ role: 'user', parts }] });
    expect(bodiesTo(upstream, 'openai-chat').at(-1)?.['messages']).toEqual([
      { role: 'user', content: [{ type: 'input_audio', input_audio: { data: wav.toString('base64'), format: 'wav' } }] },
    ]);
  });

  it('is found in the results of tools, too, and fetched once however often it is named', async () => {
    const picture = { type: 'image', source: { type: 'url', url: `${media.url}/cat.png` } };
    const messages = [
      { role: 'user', content: [{ type: 'text', text: `${media.url}/cat.png` }, picture] },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'call_1', name: 'look', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_1', content: [picture] }] },
    ];
    await ask(open, 'claude-messages', 'gemini', { model: 'gemini', max_tokens: 50, messages });
    expect(asked).toEqual(['/cat.png']);
    expect(askedOf('gemini').split(png.toString('base64'))).toHaveLength(3);
  });

  it('is what its bytes say where the server does not know', async () => {
    const answer = await ask(open, 'openai-chat', 'gemini', image['openai-chat']?.('gemini', `${media.url}/unnamed`).body ?? {});
    expect(answer.status).toBe(200);
    expect(askedOf('gemini')).toContain('"mimeType":"image/png"');
  });

  describe.each(plainDialects)('that cannot be had, named by a client of %s,', (dialect) => {
    const model = dialect === 'gemini' ? 'claude-messages' : 'gemini';
    const refusals = [
      { path: '/gone.png', says: 'status 404' },
      { path: '/login', says: 'text/html, not image' },
      { path: '/huge.png', says: `${bytesMax} bytes` },
    ];

    it.each(refusals)('is refused with field and reason: $path', async ({ path, says }) => {
      const { body, field } = image[dialect]?.(model, `${media.url}${path}`) ?? { body: {}, field: '' };
      const answer = await ask(open, dialect, model, body);
      const { code, message } = readError(dialect, 400, answer.json());
      expect({ status: answer.status, code }).toEqual({ status: 400, code: 'media_not_fetched' });
      expect(message).toContain(field);
      expect(message).toContain(says);
    });

    it('is refused in private networks unless the operator allows it, and nothing of them is told', async () => {
      const url = media.url.replace('127.0.0.1', 'localhost');
      const { body, field } = image[dialect]?.(model, `${url}/cat.png`) ?? { body: {}, field: '' };
      const answer = await ask(usual, dialect, model, body);
      const { code, message } = readError(dialect, 400, answer.json());
      expect(code).toBe('media_not_fetched');
      expect(message).toContain(field);
      expect(message).toContain('public Internet');
      expect(message).not.toMatch(/127\.0\.0\.1|localhost|private/);
      expect(asked).toEqual([]);
    });
  });

  const asImages = (...paths: readonly string[]) => ({
    model: 'gemini',
    messages: [{ role: 'user', content: paths.map((path) => ({ type: 'image_url', image_url: { url: `${media.url}${path}` } })) }],
  });

  it('shares one bound on bytes with all other media of the request', async () => {
    expect((await ask(open, 'openai-chat', 'gemini', asImages('/half.png'))).status).toBe(200);
    expect((await ask(open, 'openai-chat', 'gemini', asImages('/half.png', '/other-half.png'))).status).toBe(400);
  });

  it('is bounded in number', async () => {
    expect((await ask(open, 'openai-chat', 'gemini', asImages('/cat.png', '/unnamed'))).status).toBe(200);
    const answer = await ask(open, 'openai-chat', 'gemini', asImages('/cat.png', '/unnamed', '/half.png'));
    expect(readError('openai-chat', answer.status, answer.json()).message).toContain('messages.0.content.2.image_url.url');
    expect(asked).toEqual([]);
  });

  it('leaves the books clean', async () => {
    await open.expectCleanLedger();
    await usual.expectCleanLedger();
  });
});
