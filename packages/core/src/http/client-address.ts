import type { IncomingMessage } from 'node:http';
import type { AddressList } from '../modules/tokens/index.js';

/** The address of the caller: the nearest one in `x-forwarded-for` that is not a trusted proxy, as long as trusted proxies vouch for it. */
export function clientAddress(request: IncomingMessage, trustedProxies: AddressList): string {
  let address = request.socket.remoteAddress ?? '';
  const forwarded = request.headers['x-forwarded-for'];
  if (typeof forwarded !== 'string') return address;
  const hops = forwarded.split(',').map((hop) => hop.trim());
  while (trustedProxies.contains(address)) {
    const hop = hops.pop();
    if (hop === undefined) break;
    address = hop;
  }
  return address;
}
