import { describe, expect, it } from 'vitest';
import { AddressList } from './address-list.js';

describe('address list', () => {
  it.each([
    { entries: ['10.0.0.0/8'], address: '10.200.3.4', inside: true },
    { entries: ['10.0.0.0/8'], address: '11.0.0.1', inside: false },
    { entries: ['10.0.0.0/8'], address: '::ffff:10.0.0.1', inside: true },
    { entries: ['::ffff:10.0.0.0/104'], address: '10.9.9.9', inside: true },
    { entries: ['::ffff:10.0.0.7'], address: '10.0.0.7', inside: true },
    { entries: ['127.0.0.1', '2001:db8::/32'], address: '2001:db8:1::5', inside: true },
    { entries: ['127.0.0.1', '2001:db8::/32'], address: '2001:db9::5', inside: false },
    { entries: ['0.0.0.0/0'], address: '::1', inside: false },
    { entries: ['::1'], address: '0:0:0:0:0:0:0:1', inside: true },
    { entries: [], address: '127.0.0.1', inside: false },
    { entries: ['0.0.0.0/0', '::/0'], address: 'unknown', inside: false },
  ])('of $entries says $inside to $address', ({ entries, address, inside }) => {
    expect(new AddressList(entries).contains(address)).toBe(inside);
  });

  it.each(['10', '10.0.0.0/33', 'localhost', '010.0.0.1', ''])('refuses "%s", naming it', (entry) => {
    expect(() => new AddressList([entry])).toThrow(`"${entry}" is neither`);
  });
});
