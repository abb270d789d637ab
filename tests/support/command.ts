import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryFolder } from './repository.js';

/** The built command line: what a user runs. */
export const commandFile = join(repositoryFolder, 'packages/core/dist/cli.js');

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export type Variables = Readonly<Record<string, string>>;

/** Starts `tollgate …` with these environment variables and none of the test runner's. */
export function spawnCommand(args: readonly string[], variables: Variables, workingFolder: string): ChildProcess {
  if (!existsSync(commandFile)) throw new Error(`${commandFile} is missing: build first (pnpm build, or npm test, which does).`);
  const inherited = Object.fromEntries(
    ['PATH', 'HOME', 'TMPDIR', 'SystemRoot'].flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  );
  return spawn(process.execPath, [commandFile, ...args], {
    cwd: workingFolder,
    env: { ...inherited, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs `tollgate …` to its end. */
export async function runCommand(args: readonly string[], variables: Variables, workingFolder: string): Promise<CommandResult> {
  const child = spawnCommand(args, variables, workingFolder);
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? (signal === null ? 1 : 128)));
  });
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}

/** Keeps what a stream writes. */
export function collect(stream: NodeJS.ReadableStream | null): { text(): string } {
  const chunks: Buffer[] = [];
  stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return { text: () => Buffer.concat(chunks).toString('utf8') };
}
