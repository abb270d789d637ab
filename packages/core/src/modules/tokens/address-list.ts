import ipaddr from 'ipaddr.js';

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
    if (!ipaddr.isValid(address)) return false;
    const parsed = ipaddr.process(address);
    return this.#blocks.some(([network, prefixLength]) => parsed.kind() === network.kind() && parsed.match(network, prefixLength));
  }
}

function parseBlock(entry: string): Block {
  try {
    const [address, prefixLength] = ipaddr.isValidCIDR(entry) ? ipaddr.parseCIDR(entry) : [ipaddr.parse(entry), undefined];
    const network = address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
    const bits = network.kind() === 'ipv4' ? 32 : 128;
    const mappedBits = network === address ? 0 : 96;
    const length = (prefixLength ?? bits + mappedBits) - mappedBits;
    if (length < 0) throw new RangeError('A block of mapped addresses is shorter than 96 bits.');
    return [network, length];
  } catch (error) {
    throw new RangeError(`"${entry}" is neither an IP address nor a CIDR block such as "10.0.0.0/8".`, { cause: error });
  }
}
