import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { AddressList } from '../modules/tokens/index.js';
import { clientAddress } from './client-address.js';

const proxies = new AddressList(['10.0.0.0/8']);

function addressOf(remoteAddress: string, forwarded?: string): string {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return clientAddress({ socket: { remoteAddress }, headers } as unknown as IncomingMessage, proxies);
}

describe('client address', () => {
  it.each([
    ['of the connection, without a proxy', '203.0.113.7', undefined, '203.0.113.7'],
    ['of the connection, whatever a stranger claims', '203.0.113.7', '198.51.100.1', '203.0.113.7'],
    ['that a trusted proxy names', '10.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['that the last of several trusted proxies names', '10.0.0.1', '198.51.100.1, 10.0.0.2', '198.51.100.1'],
    ['nearest to the trusted proxies, not what the client put first', '10.0.0.1', '192.0.2.1, 198.51.100.1', '198.51.100.1'],
    ['of the proxy itself, when it names nobody', '10.0.0.1', undefined, '10.0.0.1'],
    ['of the last proxy, when all are trusted', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['in IPv4, when it comes in IPv6 clothes', '::ffff:10.0.0.1', '198.51.100.1', '198.51.100.1'],
  ])('is that %s', (_which, remote, forwarded, expected) => {
    expect(addressOf(remote, forwarded)).toBe(expected);
  });
});
