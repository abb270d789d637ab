import ipaddr from 'ipaddr.js';

/** One household has one /64 of IPv6: whoever has one address of it has all of them. */
const groupsOfNetwork = 4;

/** What an address is counted as: IPv4 as it is, IPv6 by its /64. */
export function addressKey(address: string): string {
  if (!address.includes(':') || !ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString();
  return `${parsed.parts
    .slice(0, groupsOfNetwork)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}
