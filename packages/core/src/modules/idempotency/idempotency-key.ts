import { createHash } from 'node:crypto';
import type { KeyClaim } from './key-claim.js';

/** As the wire counts: bytes. */
export const idempotencyKeyLengthMax = 255;

/** A request, as far as it has to be the same under the same key. */
export interface KeyedRequest {
  readonly method: string;
  readonly path: string;
  /** Without credentials: they say who asks, not what for. */
  readonly query: string;
  /** As it came, decompressed. */
  readonly body: Uint8Array;
}

/** True for a key that can be used: not empty, not long, nothing invisible in it. */
export function isIdempotencyKey(key: string): boolean {
  if (key.length === 0 || key.length > idempotencyKeyLengthMax) return false;
  // Header values come as one character for each byte.
  return !Buffer.from(key, 'latin1').some((byte) => byte < 0x20 || byte === 0x7f);
}

/** What a request claims by its key. Lengths stand before texts, so that no two claims run together to the same text. */
export function keyClaimOf(key: string, tokenId: string, { method, path, query, body }: KeyedRequest): KeyClaim {
  return {
    id: hashOf(`${tokenId.length}:${tokenId}:${key}`),
    fingerprint: hashOf(`${method} ${path.length}:${path} ${query.length}:${query} ${hashOf(body)}`),
  };
}

function hashOf(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}
