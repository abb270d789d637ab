import type { IncomingMessage } from 'node:http';
import { LimitReachedError, type Limits, LimitsUnavailableError } from '../modules/limits/index.js';
import type { AddressList } from '../modules/tokens/index.js';
import { clientAddress } from './client-address.js';

/**
 * A request that was refused before it was counted counts for its address: guessed keys and broken requests are limited, too. Returns what
 * the caller is told.
 */
export async function countRefused(
  { limits, trustedProxies }: { readonly limits: Pick<Limits, 'admitRequest'>; readonly trustedProxies: AddressList },
  request: IncomingMessage,
  error: unknown,
): Promise<unknown> {
  if (error instanceof LimitReachedError || error instanceof LimitsUnavailableError) return error;
  try {
    await limits.admitRequest(undefined, clientAddress(request, trustedProxies));
    return error;
  } catch (limited) {
    return limited;
  }
}
