import { type Dispatcher, Pool, ProxyAgent } from 'undici';
import { type GuardOptions, guardedConnector, literalRefusal } from './guarded-connector.js';
import { socksConnector } from './socks-connector.js';

/** Idle connections are closed soon: each client that hangs up leaves one behind. */
const keepAliveTimeoutMs = 4_000;

/** How requests reach the servers that they go to. */
export interface OutgoingWay extends Pick<GuardOptions, 'allowPrivate' | 'refused'> {
  readonly connectTimeoutMs: number;
  /** Address of a proxy: http, https, or socks5. Its name and password are the credentials. */
  readonly proxy?: string | undefined;
}

/**
 * Connections to one server, guarded: as many as there are requests at once, one request each. A proxy is called wherever it is, since
 * operators name it; it looks names up by itself, so that only servers that are named by an address are refused there.
 */
export function outgoingPool(origin: string, way: OutgoingWay): Dispatcher {
  const { proxy, connectTimeoutMs: timeoutMs, allowPrivate, refused } = way;
  const isRefused = !allowPrivate && literalRefusal(new URL(origin).hostname) !== undefined;
  if (proxy === undefined || isRefused) return pool(origin, guardedConnector({ allowPrivate, timeoutMs, refused }));
  const url = new URL(proxy);
  return url.protocol.startsWith('socks') ? pool(origin, socksConnector(url, timeoutMs)) : proxyAgent(url, timeoutMs);
}

const poolOptions = { connections: null, pipelining: 1, keepAliveTimeout: keepAliveTimeoutMs } as const;

function pool(origin: string, connect: ReturnType<typeof guardedConnector>): Pool {
  return new Pool(origin, { ...poolOptions, connect });
}

/** A name and password in the address are the proxy's credentials (RFC 9110 §11.7.1). */
function proxyAgent(address: URL, timeout: number): ProxyAgent {
  const url = new URL(address);
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = '';
  url.password = '';
  return new ProxyAgent({
    uri: url.href,
    ...(credentials === ':' ? {} : { token: `Basic ${Buffer.from(credentials).toString('base64')}` }),
    ...poolOptions,
    connect: { timeout },
    proxyTls: { timeout },
    requestTls: { timeout },
  });
}
