import { once } from 'node:events';
import { Agent, get, type IncomingMessage, type ServerResponse } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { ConfigurationError } from '../foundation/errors.js';
import { HttpServer, type RequestHandler } from './http-server.js';

const host = '127.0.0.1';
const longMs = 30_000;
const servers: HttpServer[] = [];
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

afterEach(async () => {
  for (const server of servers.splice(0)) await server.drain(0);
});

async function started(handle: RequestHandler): Promise<{ server: HttpServer; url: string }> {
  const server = new HttpServer(handle);
  servers.push(server);
  return { server, url: await server.listen(0, host) };
}

/** A handler whose answers a test ends by hand. */
function held() {
  const open: ServerResponse[] = [];
  return {
    open,
    handle: async (_request: IncomingMessage, response: ServerResponse) => {
      open.push(response);
      response.writeHead(200).write('begun');
      await once(response, 'close');
    },
  };
}

async function begun(url: string): Promise<IncomingMessage> {
  const [response] = (await once(get(url, { agent }), 'response')) as [IncomingMessage];
  return response;
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return text;
}

describe('HTTP server', () => {
  it('tells the address on which this machine reaches it', async () => {
    const { url } = await started(async (_request, response) => response.end('here'));
    expect(url).toMatch(/^http:\/\/localhost:\d+$/);
    expect(await (await fetch(url)).text()).toBe('here');
  });

  it('lets open answers end and takes no new connection meanwhile', async () => {
    const { open, handle } = held();
    const { server, url } = await started(handle);
    const answer = await begun(url);
    const drained = server.drain(longMs);
    expect(server.isTaking).toBe(false);
    await expect(fetch(url)).rejects.toThrow();
    open[0]?.end(', ended');
    expect(await textOf(answer)).toBe('begun, ended');
    await drained;
  });

  it('lets go of a connection whose client keeps calling', async () => {
    const { open, handle } = held();
    const { server, url } = await started(handle);
    const first = await begun(url);
    const queued = begun(url);
    const drained = server.drain(longMs);
    open[0]?.end();
    await textOf(first);
    const second = await queued;
    expect(first.headers.connection).toBe('keep-alive');
    expect(second.headers.connection).toBe('close');
    open[1]?.end();
    await textOf(second);
    await drained;
  });

  it('cuts what is open when its time is over', async () => {
    const { handle } = held();
    const { server, url } = await started(handle);
    const answer = await begun(url);
    await Promise.all([server.drain(1), expect(textOf(answer)).rejects.toThrow()]);
  });

  it('waits for a request that has work left after its connection', async () => {
    let finish = (): void => undefined;
    const { server, url } = await started(async (_request, response) => {
      response.end('here');
      await new Promise<void>((resolve) => void (finish = resolve));
    });
    await (await fetch(url)).text();
    let drained = false;
    const draining = server.drain(longMs).then(() => void (drained = true));
    await turn();
    expect(drained).toBe(false);
    finish();
    await draining;
  });

  it('says which variable to change where it cannot listen', async () => {
    const { url } = await started(async (_request, response) => response.end());
    const taken = Number(new URL(url).port);
    const second = new HttpServer(async () => undefined);
    await expect(second.listen(taken, host)).rejects.toThrow(new RegExp(`port ${taken}.*PORT`));
    await expect(second.listen(0, '203.0.113.1')).rejects.toThrow(/203\.0\.113\.1.*HOST/);
    await expect(second.listen(0, '203.0.113.1')).rejects.toBeInstanceOf(ConfigurationError);
  });
});
