import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the ports that Linux gives to whoever names none: 32768 and more, unless its owner chose otherwise. */
const portsFrom = 10_000;
const portsBelow = 32_768;

/**
 * A port of 127.0.0.1 that nobody listens on right now, and that the system gives to nobody who leaves the choice to it: a server that stops
 * finds it free when it starts again, whatever else runs meanwhile.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(portsFrom, portsBelow);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const listens = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (listens) await new Promise((resolve) => server.close(resolve));
  return listens;
}
