import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a PostgreSQL server on which answers to COMMIT can get lost. */
export interface AcknowledgementProxy {
  readonly port: number;
  /** The next so many commits are done, and the connection breaks before anybody hears of it. */
  loseCommits(count: number): void;
  /** How many were lost so far. */
  lost(): number;
  close(): Promise<void>;
}

/** The end of a CommandComplete message for a commit (PostgreSQL manual, message formats). */
const commitDone = Buffer.from('COMMIT\0', 'latin1');

export async function startAcknowledgementProxy(target: { readonly host: string; readonly port: number }): Promise<AcknowledgementProxy> {
  const open = new Set<Socket>();
  let toLose = 0;
  let lost = 0;
  const server = createServer((client) => {
    const upstream = connect(target);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
    }
    client.pipe(upstream);
    upstream.on('data', (bytes: Buffer) => {
      if (toLose > 0 && bytes.includes(commitDone)) {
        toLose -= 1;
        lost += 1;
        client.destroy();
      } else client.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    loseCommits(count) {
      toLose = count;
    },
    lost: () => lost,
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
