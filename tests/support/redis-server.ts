import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';

const localServer = 'redis://127.0.0.1:6379/0';
const answerTimeMaxMs = 1_000;

/**
 * Vitest's global set-up: names a Redis server in REDIS_URL_TEST for all tests, and takes it away again if it was started here. Given servers
 * and the one on the default local port are used as they are; every test has a prefix of its own for its keys.
 */
export default async function provideRedisServer(): Promise<(() => Promise<void>) | undefined> {
  if (process.env['REDIS_URL_TEST'] !== undefined) return undefined;
  if (await answersPing(6_379)) {
    process.env['REDIS_URL_TEST'] = localServer;
    return undefined;
  }
  try {
    return await startPrivateServer();
  } catch (error) {
    console.warn(`Tests with Redis are skipped: no server was given and a private one did not start (${String(error)}).`);
    return undefined;
  }
}

async function answersPing(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port, timeout: answerTimeMaxMs });
  try {
    await once(socket, 'connect');
    socket.write('PING\r\n');
    const [answer] = (await once(socket, 'data', { signal: AbortSignal.timeout(answerTimeMaxMs) })) as [Buffer];
    return answer.toString('latin1').startsWith('+PONG');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function startPrivateServer(): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-redis-'));
  const port = await freePort();
  // Nothing is written to the disk.
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
  const server = spawn('redis-server', options, { stdio: 'ignore' });
  const stop = async (): Promise<void> => {
    await ended(server);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await Promise.race([
      once(server, 'error').then(([error]) => Promise.reject(error as Error)),
      eventually('a private Redis answers', () => answersPing(port)),
    ]);
  } catch (error) {
    await stop();
    throw error;
  }
  process.env['REDIS_URL_TEST'] = `redis://127.0.0.1:${port}/0`;
  return stop;
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
  const gone = once(server, 'exit');
  server.kill();
  await gone;
}
