import { type Verdict, verdictForKind } from '@tollgate/plugin-kit';
import { AddressRefusedError } from '../foundation/safe-fetch-errors.js';

const timeoutCodes = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT']);

/** What a failed connection means. The error's own message may hold addresses and stays here. */
export function networkVerdict(error: Error): Verdict {
  if (error instanceof AddressRefusedError) {
    return verdictForKind('network', 502, 'The channel leads to a private network, which it is not allowed to.', error.code);
  }
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string' && timeoutCodes.has(code)) {
    return verdictForKind('timeout', 504, 'The upstream did not answer in time.', 'upstream_timeout');
  }
  return verdictForKind('network', 502, 'The connection to the upstream failed.', 'upstream_connection_failed');
}

/** An adapter or a dialect threw over what a caller wants: this attempt fails, and says nothing about its upstream. */
export function requestFaultVerdict(): Verdict {
  return { ...faultVerdict(), scope: 'request' };
}

/** An adapter or a dialect threw while it should have answered: this attempt fails, the process lives. */
export function faultVerdict(): Verdict {
  return verdictForKind('server', 502, 'The adapter could not handle the upstream answer.', 'adapter_fault');
}

/** The upstream ended before its answer did. */
export function cutVerdict(): Verdict {
  return verdictForKind('network', 502, 'The upstream broke off its answer.', 'upstream_cut');
}
