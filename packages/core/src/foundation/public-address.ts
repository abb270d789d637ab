import ipaddr from 'ipaddr.js';

/** Answers to those who ask from a machine of some clouds: metadata, in a range that looks public. */
const platformAddresses: ReadonlySet<string> = new Set(['168.63.129.16']);

/** The part of IPv6 that is given to anybody (RFC 4291 §2.4); what is outside of it has a special meaning, or none yet. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');

/** IPv4 as networks without it reach it: its last 32 bits are the address (RFC 6052 §2.1). */
const translated = ipaddr.IPv6.parseCIDR('64:ff9b::/96');
const ipv4Bytes = 4;

/**
 * True for an address that belongs to the public Internet: not loopback, private, link-local, shared, reserved or a cloud's own, and not
 * one of these in IPv6 clothes.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.range() === 'unicast' && !platformAddresses.has(parsed.toString());
  if (parsed.match(translated)) return isPublicAddress(ipaddr.fromByteArray(parsed.toByteArray().slice(-ipv4Bytes)).toString());
  return parsed.match(globalUnicast) && parsed.range() === 'unicast';
}
