import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { AddressList } from '../modules/tokens/index.js';
import { publicOrigin } from './public-origin.js';

const from = (remoteAddress: string, headers: Readonly<Record<string, string>>): IncomingMessage =>
  ({ headers, socket: { remoteAddress } }) as unknown as IncomingMessage;
const proxies = new AddressList(['10.0.0.1']);
const forwarded = { host: 'inside:3000', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'gateway.example, inside' };

describe('where the caller reached the gateway', () => {
  it('is what the caller asked for', () => {
    expect(publicOrigin(from('192.0.2.1', { host: 'gateway.example:3000' }), proxies)).toBe('http://gateway.example:3000');
  });

  it('is what a trusted proxy says, and nobody else', () => {
    expect(publicOrigin(from('10.0.0.1', forwarded), proxies)).toBe('https://gateway.example');
    expect(publicOrigin(from('192.0.2.1', forwarded), proxies)).toBe('http://inside:3000');
    expect(publicOrigin(from('10.0.0.1', { host: 'gateway.example' }), proxies)).toBe('http://gateway.example');
  });
});
