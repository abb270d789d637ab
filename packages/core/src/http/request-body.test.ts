import { request } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BodyTooLargeError, UnreadableBodyError } from './http-errors.js';
import { HttpServer } from './http-server.js';
import { readBody } from './request-body.js';

const bytesMax = 1_000;
const text = 'hello '.repeat(100);
let server: HttpServer;
let url: string;
let read: Promise<Buffer>;

beforeEach(async () => {
  server = new HttpServer(async (incoming, response) => {
    read = readBody(incoming, bytesMax);
    await read.catch(() => undefined);
    response.end();
  });
  url = await server.listen(0, '127.0.0.1');
});
afterEach(() => server.drain(0));

async function sent(body: Buffer | string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  await fetch(url, { method: 'POST', body, headers });
  return (await read).toString();
}

describe('request body', () => {
  it('is read as it is', async () => {
    expect(await sent(text)).toBe(text);
    expect(await sent('')).toBe('');
  });

  it.each([
    ['gzip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['br', brotliCompressSync(text)],
    ['identity', Buffer.from(text)],
  ])('is decompressed from %s', async (encoding, bytes) => {
    expect(await sent(bytes, { 'content-encoding': encoding })).toBe(text);
  });

  it('is refused when it says that it is too large', async () => {
    await expect(sent('x'.repeat(bytesMax + 1))).rejects.toThrow(BodyTooLargeError);
    expect(await sent('x'.repeat(bytesMax))).toHaveLength(bytesMax);
  });

  it('is refused when it turns out to be too large', async () => {
    const chunked = request(url, { method: 'POST' });
    const answered = new Promise((resolve) => chunked.once('response', resolve));
    for (let index = 0; index < 3; index += 1) chunked.write('x'.repeat(bytesMax / 2));
    chunked.end();
    await answered;
    await expect(read).rejects.toThrow(BodyTooLargeError);
  });

  it('is refused when a small one would become too large', async () => {
    await expect(sent(gzipSync('x'.repeat(bytesMax * 1_000)), { 'content-encoding': 'gzip' })).rejects.toThrow(BodyTooLargeError);
  });

  it('is refused in an encoding that is not known or not kept to', async () => {
    await expect(sent(text, { 'content-encoding': 'zip' })).rejects.toThrow(/"zip" is not supported; use gzip/);
    await expect(sent(text, { 'content-encoding': 'gzip' })).rejects.toThrow(UnreadableBodyError);
  });

  it('is refused when its sender leaves before the end', async () => {
    const broken = request(url, { method: 'POST', headers: { 'content-length': '500' } });
    broken.on('error', () => undefined);
    const before = read;
    broken.write('half');
    await vi.waitUntil(() => read !== before);
    broken.destroy();
    await expect(read).rejects.toThrow('The request ended before its body did.');
  });
});
