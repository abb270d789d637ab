import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool, request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guardedConnector, literalRefusal } from './guarded-connector.js';
import { isPublicAddress } from './public-address.js';
import { AddressRefusedError } from './safe-fetch-errors.js';

/** Looks public, and is routed by nobody. */
const nowhere = '192.88.98.1';

describe('guarded connector', () => {
  const server: Server = createServer((_request, response) => response.end('inside'));
  let port = 0;
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });

  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    ({ port } = server.address() as AddressInfo);
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  /** Asks a server by a name that has these addresses, one list for each look-up. */
  async function ask(answers: readonly (readonly string[])[], requests: number): Promise<readonly unknown[]> {
    let lookups = 0;
    const connect = guardedConnector({
      allowPrivate: false,
      timeoutMs: 300,
      lookup: (_hostname, _options, done) => {
        const addresses = answers[lookups] ?? [];
        lookups += 1;
        done(
          null,
          addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
        );
      },
    });
    const pool = new Pool(`http://changing.example:${port}`, { connect });
    const outcomes: unknown[] = [];
    for (let asked = 0; asked < requests; asked += 1) {
      const outcome = request(`http://changing.example:${port}/`, { dispatcher: pool }).then(
        ({ body }) => body.text(),
        (error: unknown) => error,
      );
      outcomes.push(await outcome);
    }
    await pool.destroy();
    expect(lookups).toBe(requests);
    return outcomes;
  }

  it('connects to the addresses that it has checked, however the name changes', async () => {
    const before = connections;
    const [first, second] = await ask([[nowhere], ['127.0.0.1']], 2);
    expect(first).toBeInstanceOf(Error);
    expect(first).not.toBeInstanceOf(AddressRefusedError);
    expect(second).toBeInstanceOf(AddressRefusedError);
    expect(connections).toBe(before);
  });

  it.each([
    { title: 'one private address among public ones', addresses: [nowhere, '10.0.0.1'] },
    { title: 'a private address in the clothes of IPv6', addresses: ['::ffff:127.0.0.1'] },
    { title: 'no address', addresses: [] },
  ])('refuses a name with $title', async ({ addresses }) => {
    expect(await ask([addresses], 1)).toEqual([expect.any(AddressRefusedError)]);
  });
});

/** As they stand in URLs; all of them lead to this machine, to networks that are not public, or to nowhere. */
const insideHosts = [
  'localhost',
  'LOCALHOST.',
  'inner.localhost',
  '127.0.0.1',
  '127.1',
  '2130706433',
  '0x7f000001',
  '0177.0.0.1',
  '0x7f.1',
  '①②⑦.0.0.1',
  '127.0.0.1.',
  '0',
  '0.0.0.0',
  '10.1.2.3',
  '172.16.0.1',
  '192.168.1.1',
  '100.64.0.1',
  '100.100.100.200',
  '169.254.169.254',
  '168.63.129.16',
  '192.0.0.192',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '[::]',
  '[::1]',
  '[::127.0.0.1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::ffff:0:127.0.0.1]',
  '[64:ff9b::127.0.0.1]',
  '[64:ff9b::a9fe:a9fe]',
  '[64:ff9b:1::8.8.8.8]',
  '[2002:7f00:1::]',
  '[2001:0:7f00:1::]',
  '[fe80::1]',
  '[fec0::1]',
  '[fd00:ec2::254]',
  '[ff02::1]',
  '[2001:db8::1]',
  '[5f00::1]',
];

const publicHosts = [
  '8.8.8.8',
  '134744072',
  '[2606:4700::1111]',
  '[::ffff:8.8.8.8]',
  '[64:ff9b::8.8.8.8]',
  'example.com',
  'localhost.example.com',
];

describe('a host that is written out', () => {
  const refusalOf = (host: string): AddressRefusedError | undefined => literalRefusal(new URL(`http://${host}/`).hostname);

  it.each(insideHosts)('is refused as %s', (host) => expect(refusalOf(host)?.code).toBe('address_refused'));
  it.each(publicHosts)('is not refused as %s', (host) => expect(refusalOf(host)).toBeUndefined());
  it('is no public address if it is none', () => expect(isPublicAddress('nonsense')).toBe(false));

  it('is taken from the place where the URL standard sees it', () => {
    expect(literalRefusal(new URL('http://example.com#@127.0.0.1/').hostname)).toBeUndefined();
    expect(literalRefusal(new URL('http://example.com@127.0.0.1/').hostname)?.code).toBe('address_refused');
    expect(literalRefusal(new URL('http:\\\\127.0.0.1\\').hostname)?.code).toBe('address_refused');
  });
});
