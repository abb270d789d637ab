import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { ApplyDocument, ChannelEntry } from '../support/apply-document.js';
import { collect, type CommandResult, type Variables } from '../support/command.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { repositoryFolder } from '../support/repository.js';

/** Opens a folder of `examples` as its README does, with a data folder and a port of its own. */
export async function openExample(name: string, variables: Variables): Promise<ExampleFolder> {
  return new ExampleFolder(join(repositoryFolder, 'examples', name), await freePort(), variables);
}

export class ExampleFolder {
  readonly url: string;
  readonly #folder: string;
  readonly #scratch = mkdtempSync(join(tmpdir(), 'tollgate-example-'));
  readonly #variables: Variables;
  #gateway: ChildProcess | undefined;

  constructor(folder: string, port: number, variables: Variables) {
    this.#folder = folder;
    this.url = `http://127.0.0.1:${port}`;
    this.#variables = { HOST: '127.0.0.1', PORT: String(port), DATA_DIR: join(this.#scratch, 'data'), ...variables };
  }

  /** Runs `npm <args>` in the folder to its end. */
  async npm(...args: readonly string[]): Promise<CommandResult> {
    const child = this.#spawn('npm', args);
    const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? 1));
    });
    return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
  }

  /** `npm start` until it is ready. */
  async start(): Promise<void> {
    const gateway = this.#spawn('npm', ['start']);
    this.#gateway = gateway;
    const [stdout, stderr] = [collect(gateway.stdout), collect(gateway.stderr)];
    await eventually('the gateway is ready', () => this.#isReady(), 30_000).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${stdout.text()}${stderr.text()}`);
    });
  }

  /** The channels of the folder's `gateway.yaml` as they are, but with every vendor replaced by one address. */
  async sendCallsTo(baseUrl: string, providers: readonly string[]): Promise<CommandResult> {
    const { channels = [] } = parse(readFileSync(join(this.#folder, 'gateway.yaml'), 'utf8')) as ApplyDocument;
    const redirected = channels
      .filter(({ provider }) => providers.includes(provider))
      .map((channel): ChannelEntry => ({ ...channel, config: { ...channel.config, baseUrl }, allowPrivate: true }));
    const file = join(this.#scratch, 'redirected.json');
    writeFileSync(file, JSON.stringify({ channels: redirected }));
    return this.npm('exec', '--', 'tollgate', 'apply', file);
  }

  /** Ends the gateway and removes its data. */
  async close(): Promise<void> {
    const gateway = this.#gateway;
    if (gateway?.pid !== undefined && gateway.exitCode === null) {
      const gone = new Promise((resolve) => gateway.once('close', resolve));
      process.kill(-gateway.pid, 'SIGTERM');
      await gone;
    }
    rmSync(this.#scratch, { recursive: true, force: true });
  }

  #spawn(program: string, args: readonly string[]): ChildProcess {
    return spawn(program, args, {
      cwd: this.#folder,
      // A process group of its own: npm leaves its child behind when it is killed alone.
      detached: true,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...this.#variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  async #isReady(): Promise<boolean> {
    if (this.#gateway?.exitCode !== null) throw new Error('The gateway ended while starting.');
    return fetch(`${this.url}/healthz`).then(
      ({ status }) => status === 200,
      () => false,
    );
  }
}
