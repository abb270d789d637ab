import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { SafeFetch } from './safe-fetch.js';
import type { SafeFetchOptions } from './safe-fetch.js';

const open: (Server | SafeFetch)[] = [];

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A proxy that answers in the place of every server: what is public cannot be asked in a test. */
async function serveProxy(listener: RequestListener): Promise<string> {
  const vendor = createServer(listener);
  const url = await serve(() => undefined);
  const proxy = open.at(-1) as Server;
  proxy.on('connect', (_request, client: Socket) => {
    client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    vendor.emit('connection', client);
  });
  return url;
}

function fetcher(options: SafeFetchOptions): SafeFetch {
  const made = new SafeFetch(options);
  open.push(made);
  return made;
}

const get = (url: string, headers = {}) => ({ method: 'GET', url, headers }) as const;

afterEach(async () => {
  for (const opened of open.splice(0)) {
    if (opened instanceof SafeFetch) await opened.close();
    else opened.close().closeAllConnections();
  }
});

describe('safe fetch', () => {
  it('refuses private addresses, written as numbers or behind a name', async () => {
    const url = await serve((_request, response) => response.end('inside'));
    const safe = fetcher({});
    await expect(safe.fetch(get(url))).rejects.toMatchObject({ code: 'address_refused' });
    await expect(safe.fetch(get(url.replace('127.0.0.1', 'localhost')))).rejects.toMatchObject({ code: 'address_refused' });
    await expect(safe.fetch(get('http://[::ffff:127.0.0.1]/'))).rejects.toMatchObject({ code: 'address_refused' });
    await expect(safe.fetch(get('http://2130706433/'))).rejects.toMatchObject({ code: 'address_refused' });
  });

  it('refuses other schemes than http and https, also where private addresses are allowed', async () => {
    const safe = fetcher({ allowPrivate: true });
    await expect(safe.fetch(get('file:///etc/passwd'))).rejects.toMatchObject({ code: 'address_refused' });
  });

  it('gives status, headers and body', async () => {
    const url = await serve((_request, response) => response.writeHead(201, { 'x-fact': 'yes' }).end('{"ok":true}'));
    const response = await fetcher({ allowPrivate: true }).fetch(get(url));
    expect([response.status, response.headers.get('x-fact'), await response.json()]).toEqual([201, 'yes', { ok: true }]);
  });

  it('leaves credentials behind when it is redirected to another origin', async () => {
    const seen: IncomingMessage['headers'][] = [];
    const target = await serve((request, response) => {
      seen.push(request.headers);
      response.end('there');
    });
    const url = await serve((_request, response) => response.writeHead(302, { location: target }).end());
    const response = await fetcher({ allowPrivate: true }).fetch(get(url, { 'X-Vendor-Key': 'sk-1', accept: 'text/plain' }));
    expect(await response.text()).toBe('there');
    expect(seen[0]).toMatchObject({ accept: 'text/plain' });
    expect(seen[0]).not.toHaveProperty('x-vendor-key');
  });

  it('checks again where it is redirected to', async () => {
    const inside = await serve((_request, response) => response.end('inside'));
    for (const host of ['127.0.0.1', 'localhost', '0.0.0.0', '[::ffff:127.0.0.1]']) {
      const location = inside.replace('127.0.0.1', host);
      const proxy = await serveProxy((_request, response) => response.writeHead(302, { location }).end());
      await expect(fetcher({ proxy }).fetch(get('http://public.example/'))).rejects.toMatchObject({ code: 'address_refused' });
    }
  });

  it('gives up on an endless chain of redirects', async () => {
    const url = await serve((_request, response) => response.writeHead(302, { location: '/again' }).end());
    await expect(fetcher({ allowPrivate: true }).fetch(get(url))).rejects.toMatchObject({ code: 'too_many_redirects' });
  });

  it('stops reading a response that is too large', async () => {
    const url = await serve((_request, response) => response.end('x'.repeat(2_000)));
    const safe = fetcher({ allowPrivate: true, responseBytesMax: 1_000 });
    await expect(safe.fetch(get(url))).rejects.toMatchObject({ code: 'response_too_large' });
  });

  it('gives bytes as they are, and counts them against a budget that several responses share', async () => {
    const bytes = Buffer.from([0xff, 0xd8, 0, 0x80]);
    const url = await serve((_request, response) => response.end(bytes));
    const safe = fetcher({ allowPrivate: true, responseBytesMax: 1 });
    const budget = { bytesLeft: 7 };
    expect((await safe.fetch(get(url), { budget })).body).toEqual(bytes);
    await expect(safe.fetch(get(url), { budget })).rejects.toMatchObject({ code: 'response_too_large' });
  });

  it('ends with its time', async () => {
    const url = await serve(() => undefined);
    await expect(fetcher({ allowPrivate: true }).fetch(get(url), { timeoutMs: 20 })).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});
