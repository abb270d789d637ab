import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import { type ApplyDocument, reachingTestServers } from './apply-document.js';
import { collect, type CommandResult, runCommand, spawnCommand, type Variables } from './command.js';
import { freePort } from './free-port.js';
import { createOwnDatabase, type OwnDatabase } from './own-database.js';
import { repositoryFolder } from './repository.js';

export interface GatewayOptions {
  /** Applied before the start; without one the gateway sets itself up. */
  readonly apply?: ApplyDocument;
  readonly database?: 'sqlite' | 'postgres';
  readonly environment?: Variables;
  readonly configFile?: string;
}

const defaultConfig = join(repositoryFolder, 'tests/support/gateway-config/tollgate.config.ts');
const startTimeMaxMs = 30_000;
const stopTimeMaxMs = 20_000;

/** Starts the built gateway as its users do: a process of its own, with a data folder and database of its own. */
export async function startGateway(options: GatewayOptions): Promise<TestGateway> {
  const database = options.database === 'postgres' ? await createOwnDatabase() : undefined;
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-gateway-'));
  const gateway = new TestGateway(folder, database, await freePort(), options);
  try {
    if (options.apply !== undefined) await gateway.applied(options.apply);
    await gateway.start();
  } catch (error) {
    await gateway.stop();
    throw error;
  }
  return gateway;
}

export class TestGateway {
  readonly url: string;
  /** Where the gateway runs; `data` in it is its data folder. */
  readonly folder: string;
  readonly #database: OwnDatabase | undefined;
  readonly #variables: Variables;
  readonly #configFile: string;
  #child: ChildProcess | undefined;
  #output: { text(): string }[] = [];

  constructor(folder: string, database: OwnDatabase | undefined, port: number, options: GatewayOptions) {
    this.folder = folder;
    this.#database = database;
    this.#configFile = options.configFile ?? defaultConfig;
    this.url = `http://127.0.0.1:${port}`;
    this.#variables = {
      HOST: '127.0.0.1',
      PORT: String(port),
      DATA_DIR: join(folder, 'data'),
      TOLLGATE_SECRET: randomBytes(24).toString('hex'),
      LOG_LEVEL: 'info',
      ...(database === undefined ? {} : { DATABASE_URL: database.url }),
      ...options.environment,
    };
  }

  /** Everything the gateway has written since its first start. */
  get logs(): string {
    return this.#output.map((part) => part.text()).join('');
  }

  async start(): Promise<void> {
    const child = spawnCommand(['start', '--config', this.#configFile], this.#variables, this.folder);
    this.#child = child;
    this.#output.push(collect(child.stdout), collect(child.stderr));
    const deadline = Date.now() + startTimeMaxMs;
    while (!(await this.#isReady())) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`The gateway ended while starting:\n${this.logs}`);
      if (Date.now() > deadline) throw new Error(`The gateway did not become ready:\n${this.logs}`);
      await wait(50);
    }
  }

  async #isReady(): Promise<boolean> {
    return fetch(`${this.url}/healthz`).then(
      async (response) => {
        await response.arrayBuffer();
        return response.status === 200;
      },
      () => false,
    );
  }

  /** Runs `tollgate <command> …` on this gateway's database. */
  async command(...args: readonly string[]): Promise<CommandResult> {
    return runCommand([...args, '--config', this.#configFile], this.#variables, this.folder);
  }

  async apply(document: ApplyDocument, ...options: readonly string[]): Promise<CommandResult> {
    const file = join(this.folder, 'apply.json');
    writeFileSync(file, JSON.stringify(reachingTestServers(document)));
    return this.command('apply', file, ...options);
  }

  /** Like {@link apply}. @throws if it is refused. */
  async applied(document: ApplyDocument, ...options: readonly string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.apply(document, ...options);
    if (exitCode !== 0) throw new Error(`apply failed (${exitCode}):\n${stdout}\n${stderr}`);
    return stdout;
  }

  /** Proves on the database that no money is missing; fails the test with the command's report otherwise. */
  async expectCleanLedger(): Promise<void> {
    const { exitCode, stdout, stderr } = await this.command('verify-ledger');
    expect(exitCode, `verify-ledger:\n${stdout}${stderr}`).toBe(0);
  }

  /** Ends the process by the signal and waits until it is gone. Gives its exit code, if it had one. */
  async kill(signal: NodeJS.Signals): Promise<number | undefined> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? undefined;
    const gone = new Promise((resolve) => child.once('close', resolve));
    child.kill(signal);
    const result = await Promise.race([gone, wait(stopTimeMaxMs, 'late', { ref: false })]);
    if (result === 'late') {
      child.kill('SIGKILL');
      await gone;
    }
    return child.exitCode ?? undefined;
  }

  /** Stops the process where it is, until {@link resume}: it answers nothing, and takes up no work. */
  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Ends the gateway and removes its data. */
  async stop(): Promise<void> {
    await this.kill('SIGTERM');
    await this.#database?.drop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
