import ipaddr from 'ipaddr.js';

/** Bits that an IPv4 address in IPv6 clothes has before its own. */
const mappedBits = 96;

type Block = readonly [address: ipaddr.IPv4 | ipaddr.IPv6, prefixLength: number];

/** Addresses and CIDR blocks, parsed once. IPv4 addresses in IPv6 clothes (`::ffff:10.0.0.1`) count as IPv4. */
export class AddressList {
  readonly #blocks: readonly Block[];

  /** @throws RangeError naming the entry that is neither an address nor a block. */
  constructor(entries: readonly string[]) {
    this.#blocks = entries.map(parseBlock);
  }

  /** False also for what is no address. */
  contains(address: string): boolean {
    if (!isAddress(address)) return false;
    const parsed = ipaddr.process(address);
    return this.#blocks.some(([network, prefixLength]) => parsed.kind() === network.kind() && parsed.match(network, prefixLength));
  }
}

function parseBlock(entry: string): Block {
  if (!isAddressOrBlock(entry)) throw new RangeError(`"${entry}" is neither an IP address nor a CIDR block such as "10.0.0.0/8".`);
  const [network, prefixLength] = isAddress(entry) ? wholeAddress(entry) : ipaddr.parseCIDR(entry);
  const isMapped = network instanceof ipaddr.IPv6 && network.isIPv4MappedAddress() && prefixLength >= mappedBits;
  return isMapped ? [network.toIPv4Address(), prefixLength - mappedBits] : [network, prefixLength];
}

function wholeAddress(text: string): Block {
  const address = ipaddr.parse(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

/** Four-part decimal only for IPv4: the older spellings (`10`, `012.1`) mean different addresses to different programs. */
export function isAddressOrBlock(text: string): boolean {
  return isAddress(text) || ipaddr.IPv4.isValidCIDRFourPartDecimal(text) || ipaddr.IPv6.isValidCIDR(text);
}

function isAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);
}
