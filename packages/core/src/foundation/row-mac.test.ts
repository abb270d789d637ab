import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { RowMac, rowMacKey } from './row-mac.js';

describe('row mac', () => {
  const mac = new RowMac(rowMacKey('a master secret of sufficient length'));

  it('is HMAC-SHA256 under the hexadecimal text of the key', () => {
    const key = rowMacKey('a master secret of sufficient length');
    const expected = createHmac('sha256', Buffer.from(key).toString('hex')).update('transfers|3:Ö😀|-|1:7').digest('base64url');
    expect(new RowMac(key).sign('transfers', ['Ö😀', null, 7])).toBe(expected);
  });

  it('accepts the row that it signed, whether integers come as number or bigint', () => {
    expect(mac.verify('transfers', ['a', 5n, null], mac.sign('transfers', ['a', 5, null]))).toBe(true);
  });

  it('refuses a row with a changed value, table, order, or with text moved between columns', () => {
    const signed = mac.sign('transfers', ['ab', 'c', null]);
    const others: [string, (string | null)[]][] = [
      ['transfers', ['ab', 'd', null]],
      ['usage_records', ['ab', 'c', null]],
      ['transfers', ['c', 'ab', null]],
      ['transfers', ['a', 'bc', null]],
      ['transfers', ['ab', 'c', '']],
      ['transfers', ['ab', 'c']],
    ];
    expect(others.map(([table, values]) => mac.verify(table, values, signed))).toEqual(others.map(() => false));
  });

  it('refuses a row signed under another secret, and text that is no mac', () => {
    const other = new RowMac(rowMacKey('another master secret of some length'));
    expect(mac.verify('transfers', ['a'], other.sign('transfers', ['a']))).toBe(false);
    expect(mac.verify('transfers', ['a'], 'nonsense')).toBe(false);
  });
});
