import { hash, hkdfSync, timingSafeEqual } from 'node:crypto';

export type RowValue = string | number | bigint | null;

/** The key under which rows are signed, derived from the master secret. */
export function rowMacKey(masterSecret: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', masterSecret, '', 'tollgate row-mac 1', 32));
}

/** Bytes that SHA-256 takes in at once: as long is the text of a key of 32 bytes. */
const blockBytes = 64;

/**
 * Signs rows that must never change after they were written: HMAC-SHA256 over the table's name and the values in a fixed order, each
 * preceded by its length, so that no two rows share a text.
 *
 * The key is used as hexadecimal text. It fills a block of the hash exactly and stays ASCII under both pads of RFC 2104, so both rounds are
 * one-shot hashes, which cost a third of a `createHmac`.
 */
export class RowMac {
  readonly #innerPad: string;
  /** The outer pad, and room for the inner hash behind it. */
  readonly #outer: Buffer;

  /** @param key 32 bytes */
  constructor(key: Uint8Array) {
    const block = Buffer.from(Buffer.from(key).toString('hex'));
    if (block.length !== blockBytes) throw new RangeError('The key of row signatures has 32 bytes.');
    this.#innerPad = Buffer.from(block.map((byte) => byte ^ 0x36)).toString();
    this.#outer = Buffer.concat([block.map((byte) => byte ^ 0x5c), Buffer.alloc(32)]);
  }

  sign(table: string, values: readonly RowValue[]): string {
    this.#outer.set(hash('sha256', this.#innerPad + canonical(table, values), 'buffer'), blockBytes);
    return hash('sha256', this.#outer, 'base64url');
  }

  verify(table: string, values: readonly RowValue[], mac: string): boolean {
    const expected = Buffer.from(this.sign(table, values));
    const given = Buffer.from(mac);
    return expected.length === given.length && timingSafeEqual(expected, given);
  }
}

function canonical(table: string, values: readonly RowValue[]): string {
  let text = table;
  for (const value of values) {
    const part = value === null ? undefined : String(value);
    text += part === undefined ? '|-' : `|${part.length}:${part}`;
  }
  return text;
}
