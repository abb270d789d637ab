import type { Socket } from 'node:net';
import { callbackify } from 'node:util';
import { SocksClient } from 'socks';
import { buildConnector } from 'undici';

const socksPort = 1_080;
const httpPorts: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/** Opens sockets through a SOCKS5 proxy (RFC 1928, with a name and password RFC 1929), which looks names up by itself. */
export function socksConnector(proxy: URL, timeoutMs: number): buildConnector.connector {
  const secure = buildConnector({ timeout: timeoutMs });
  const open = callbackify(async (options: buildConnector.Options): Promise<Socket> => {
    const httpSocket = await tunnelTo(options, proxy, timeoutMs);
    if (options.protocol !== 'https:') return httpSocket;
    return new Promise((resolve, reject) => {
      secure({ ...options, httpSocket }, (error, socket) => (error === null ? resolve(socket) : reject(error)));
    });
  });
  return (options, done) => open(options, (error, socket) => (error === null ? done(null, socket) : done(error, null)));
}

/** @throws an error without the proxy's password: the library's own carries its options. */
async function tunnelTo({ protocol, hostname, port }: buildConnector.Options, proxy: URL, timeoutMs: number): Promise<Socket> {
  const { username, password } = proxy;
  const credentials = username === '' ? {} : { userId: decodeURIComponent(username), password: decodeURIComponent(password) };
  const { socket } = await SocksClient.createConnection({
    proxy: { host: bare(proxy.hostname), port: Number(proxy.port) || socksPort, type: 5, ...credentials },
    command: 'connect',
    destination: { host: bare(hostname), port: Number(port) || (httpPorts[protocol] ?? 0) },
    timeout: timeoutMs,
    set_tcp_nodelay: true,
  }).catch((error: unknown) => {
    throw new Error(`The SOCKS proxy failed: ${error instanceof Error ? error.message : String(error)}`);
  });
  return socket;
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}
