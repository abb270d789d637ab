import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** What a client asked of the proxy: a name or an address, and the port. */
export interface SocksRequest {
  readonly host: string;
  readonly port: number;
}

const [version, byPassword, connectCommand] = [5, 2, 1];
const kinds = { ipv4: 1, name: 3, ipv6: 4 };

/** A SOCKS5 proxy (RFC 1928) that wants a name and a password (RFC 1929), and sends every connection to one server of this machine. */
export class SocksServer {
  readonly asked: SocksRequest[] = [];
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  constructor(credentials: { readonly username: string; readonly password: string }, target: { readonly port: number }) {
    this.#server = createServer((client) => {
      this.#keep(client);
      void this.#serve(client, credentials, target.port).catch(() => client.destroy());
    });
  }

  /** Host and port at which it listens. */
  async start(): Promise<string> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#open) socket.destroy();
  }

  async #serve(client: Socket, { username, password }: { username: string; password: string }, targetPort: number): Promise<void> {
    const [, methods = 0] = await read(client, 2);
    const offered = await read(client, methods);
    client.write(Buffer.from([version, offered.includes(byPassword) ? byPassword : 0xff]));
    const [, nameLength = 0] = await read(client, 2);
    const name = (await read(client, nameLength)).toString();
    const [wordLength = 0] = await read(client, 1);
    const isRight = name === username && (await read(client, wordLength)).toString() === password;
    client.write(Buffer.from([1, isRight ? 0 : 1]));
    if (!isRight) return void client.end();
    const [, command, , kind = 0] = await read(client, 4);
    const host = await readHost(client, kind);
    const port = (await read(client, 2)).readUInt16BE();
    if (command !== connectCommand) return void client.end();
    this.asked.push({ host, port });
    const upstream = connect(targetPort, '127.0.0.1', () => {
      client.write(Buffer.from([version, 0, 0, kinds.ipv4, 127, 0, 0, 1, 0, 0]));
      upstream.pipe(client).pipe(upstream);
    });
    this.#keep(upstream);
    upstream.on('close', () => client.destroy());
  }

  #keep(socket: Socket): void {
    this.#open.add(socket);
    socket.on('close', () => this.#open.delete(socket)).on('error', () => socket.destroy());
  }
}

async function readHost(client: Socket, kind: number): Promise<string> {
  if (kind === kinds.ipv4) return [...(await read(client, 4))].join('.');
  if (kind === kinds.ipv6) return (await read(client, 16)).toString('hex');
  const [length = 0] = await read(client, 1);
  return (await read(client, length)).toString();
}

async function read(socket: Socket, bytes: number): Promise<Buffer> {
  for (;;) {
    const chunk = socket.read(bytes) as Buffer | null;
    if (chunk !== null) return chunk;
    await once(socket, 'readable');
    if (socket.readableEnded || socket.destroyed) throw new Error('The client has left.');
  }
}
