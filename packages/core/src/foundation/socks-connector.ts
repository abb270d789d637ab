import { SocksClient } from 'socks';
import { buildConnector } from 'undici';

const socksPort = 1_080;
const httpPorts: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/** Opens sockets through a SOCKS5 proxy (RFC 1928, with a name and password RFC 1929), which looks names up by itself. */
export function socksConnector(proxy: URL, timeoutMs: number): buildConnector.connector {
  const secure = buildConnector({ timeout: timeoutMs });
  const { username, password } = proxy;
  const credentials = username === '' ? {} : { userId: decodeURIComponent(username), password: decodeURIComponent(password) };
  return (options, done) => {
    const { protocol, hostname, port } = options;
    const tunnel = SocksClient.createConnection({
      proxy: { host: bare(proxy.hostname), port: Number(proxy.port) || socksPort, type: 5, ...credentials },
      command: 'connect',
      destination: { host: bare(hostname), port: Number(port) || (httpPorts[protocol] ?? 0) },
      timeout: timeoutMs,
      set_tcp_nodelay: true,
    });
    tunnel.then(
      ({ socket }) => (protocol === 'https:' ? secure({ ...options, httpSocket: socket }, done) : done(null, socket)),
      // The library's own error carries its options, and with them the password.
      (error: unknown) => done(new Error(`The SOCKS proxy failed: ${error instanceof Error ? error.message : String(error)}`), null),
    );
  };
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}
