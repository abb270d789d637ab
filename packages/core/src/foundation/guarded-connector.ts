import { lookup as systemLookup } from 'node:dns';
import type { LookupAddress, LookupOptions } from 'node:dns';
import { isIP } from 'node:net';
import { buildConnector } from 'undici';
import { isPublicAddress } from './public-address.js';
import { AddressRefusedError } from './safe-fetch-errors.js';

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;
type LookupAll = (
  hostname: string,
  options: LookupOptions & { all: true },
  done: (error: Error | null, addresses: LookupAddress[]) => void,
) => void;

export interface GuardOptions {
  /** Lets connections go to loopback and private networks. */
  readonly allowPrivate: boolean;
  readonly timeoutMs?: number;
  /** Hears of each connection that was refused. */
  readonly refused?: ((error: AddressRefusedError) => void) | undefined;
  /** In the place of the system's resolver. */
  readonly lookup?: LookupAll;
}

/**
 * Opens the sockets of outgoing requests. Unless private addresses are allowed, a connection fails with an AddressRefusedError if its name
 * has any address that is not public, or is such an address itself. The socket connects to the addresses that were checked: a name cannot
 * change between check and connection, and one that is kept open stays where it is.
 */
export function guardedConnector({ allowPrivate, timeoutMs, refused, lookup = systemLookup }: GuardOptions): buildConnector.connector {
  const timeout = timeoutMs === undefined ? {} : { timeout: timeoutMs };
  if (allowPrivate) return buildConnector(timeout);
  const connect = buildConnector({ ...timeout, lookup: checkedLookup(lookup, refused) });
  return (options, done) => {
    const refusal = literalRefusal(options.hostname);
    if (refusal === undefined) return connect(options, done);
    refused?.(refusal);
    queueMicrotask(() => done(refusal, null));
  };
}

/** RFC 6761 §6.3. */
const loopbackName = /(^|\.)localhost\.?$/i;

/** Why a host is not called that is an address itself, which sockets do not look up, or means one wherever it is looked up. */
export function literalRefusal(hostname: string): AddressRefusedError | undefined {
  const host = hostname.replace(/^\[|\]$/g, '');
  const isInside = isIP(host) === 0 ? loopbackName.test(host) : !isPublicAddress(host);
  return isInside ? new AddressRefusedError(`${host} is in a private network.`) : undefined;
}

function checkedLookup(lookup: LookupAll, refused: GuardOptions['refused']) {
  return (hostname: string, options: LookupOptions, done: LookupCallback): void => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return done(error, []);
      const [first] = addresses;
      const inside = addresses.find(({ address }) => !isPublicAddress(address));
      if (inside === undefined && first !== undefined)
        return options.all === true ? done(null, addresses) : done(null, first.address, first.family);
      const why = inside === undefined ? 'has no address' : `is in a private network (${inside.address})`;
      const refusal = new AddressRefusedError(`${hostname} ${why}.`);
      refused?.(refusal);
      done(refusal, []);
    });
  };
}
