import { lookup as lookUp } from 'node:dns';
import type { LookupAddress, LookupOptions } from 'node:dns';
import ipaddr from 'ipaddr.js';
import { AddressRefusedError } from './safe-fetch-errors.js';

/** True for an address that belongs to the public Internet: not loopback, private, link-local, reserved, or one of these in IPv6 clothes. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  return ipaddr.process(address).range() === 'unicast';
}

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/**
 * Resolves a name for a socket and refuses it if any of its addresses is private. The socket connects to what was checked here, so that a
 * name cannot change its address between check and connection.
 */
export function lookupPublicAddress(hostname: string, options: LookupOptions, done: LookupCallback): void {
  lookUp(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return done(error, []);
    const refused = addresses.find(({ address }) => !isPublicAddress(address));
    if (refused !== undefined) return done(new AddressRefusedError(`${hostname} is in a private network (${refused.address}).`), []);
    if (options.all === true) return done(null, addresses);
    const [first] = addresses;
    return first === undefined ? done(new AddressRefusedError(`${hostname} has no address.`), []) : done(null, first.address, first.family);
  });
}
