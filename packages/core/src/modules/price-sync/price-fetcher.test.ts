import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Channel, defaultChannelOptions } from '../channels/index.js';
import { PriceFetcher } from './price-fetcher.js';
import { pricedProvider } from './price-sync-test-bench.js';

type Server = ReturnType<typeof createServer>;

describe('asking a channel for its prices', () => {
  const servers: Server[] = [];
  const fetcher = new PriceFetcher();

  async function listen(server: Server): Promise<number> {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }

  afterEach(async () => {
    for (const server of servers.splice(0)) server.close().closeAllConnections();
    await fetcher.close();
  });

  it('goes through the proxy of the channel', async () => {
    const list = { data: [{ id: 'full-moon', dollars: 3 }] };
    const place = await listen(createServer((_request, response) => response.end(JSON.stringify(list))));
    const tunnels: string[] = [];
    const proxy = createServer();
    proxy.on('connect', ({ url = '' }, socket) => {
      tunnels.push(url);
      const upstream = connect(place, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        upstream.pipe(socket).pipe(upstream);
      });
      // Whoever closes first breaks the other end.
      for (const end of [upstream, socket]) end.on('error', () => undefined);
    });
    const options = { ...defaultChannelOptions, allowPrivate: true, proxy: `http://127.0.0.1:${await listen(proxy)}` };
    const config = { baseUrl: `http://127.0.0.1:${place}` };
    const channel = { name: 'far', adapter: pricedProvider, config, options } as unknown as Channel;
    expect(await fetcher.ofChannel(channel, AbortSignal.timeout(10_000))).toMatchObject({ quotes: [{ model: 'full-moon' }] });
    expect(tunnels).toEqual([`127.0.0.1:${place}`]);
  });
});
