import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Frame } from '@tollgate/plugin-kit';
import OpenAI from 'openai';
import { afterEach } from 'vitest';

/** Makes clients of the vendor's SDK, each with a server that always answers the same; servers are closed after each test. */
export function answeringServers(): (status: number, contentType: string, body: string) => Promise<OpenAI> {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });
  return async (status, contentType, body) => {
    const server = createServer((_request, response) => response.writeHead(status, { 'content-type': contentType }).end(body));
    servers.push(server);
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return new OpenAI({ apiKey: 'k', baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, maxRetries: 0 });
  };
}

/** Frames as they are on the wire. */
export function sseText(frames: readonly Frame[]): string {
  return frames.map(({ data, event }) => `${event === undefined ? '' : `event: ${event}\n`}data: ${data}\n\n`).join('');
}

/** What a promise is rejected with. */
export async function failureOf(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('There was no failure.');
}
