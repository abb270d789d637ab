import type { ProviderAdapter } from '@tollgate/plugin-kit';
import { literalRefusal } from '../../foundation/guarded-connector.js';
import type { AddressRefusedError } from '../../foundation/safe-fetch-errors.js';

/**
 * Why calls of a channel would be refused for where they lead, as far as its address itself says so: what names resolve to is found out when
 * connections are opened.
 */
export function privateAddressIn(adapter: ProviderAdapter, config: Readonly<Record<string, unknown>>): AddressRefusedError | undefined {
  for (const { dialect, url } of adapter.speaks) {
    const address = url({ config, model: 'model', stream: false, framing: 'sse', dialect, clientHeaders: {} });
    const refusal = URL.canParse(address) ? literalRefusal(new URL(address).hostname) : undefined;
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}
