import type { IncomingMessage } from 'node:http';
import type { AddressList } from '../modules/tokens/index.js';

/** Where the caller reached the gateway, for addresses that it is told to use next. What a trusted proxy says of itself counts first. */
export function publicOrigin({ headers, socket }: IncomingMessage, trustedProxies: AddressList): string {
  const isProxied = trustedProxies.contains(socket.remoteAddress ?? '');
  const scheme = isProxied && firstOf(headers['x-forwarded-proto']) === 'https' ? 'https' : 'http';
  const host = (isProxied ? firstOf(headers['x-forwarded-host']) : undefined) ?? headers.host ?? 'localhost';
  return `${scheme}://${host}`;
}

function firstOf(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header.split(',')[0]?.trim() : undefined;
}
