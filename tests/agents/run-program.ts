import { spawn } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { collect, type CommandResult } from '../support/command.js';
import type { Command } from './coding-agents.js';

const timeMaxMs = 90_000;

/** Runs an agent to its end, in a home of its own and with nothing of ours in its environment. Whatever it started ends with it. */
export async function runProgram({ program, args, variables }: Command, home: string, folder: string): Promise<CommandResult> {
  const path = [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter);
  const child = spawn(program, args, {
    cwd: folder,
    env: { PATH: path, HOME: home, TMPDIR: home, TERM: 'dumb', LANG: 'C.UTF-8', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, so that all of it can be ended.
    detached: true,
  });
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    endGroup(child.pid);
  }, timeMaxMs);
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  }).finally(() => {
    clearTimeout(timer);
    endGroup(child.pid);
  });
  const note = isLate ? `\nEnded after ${timeMaxMs / 1000} seconds.` : '';
  return { exitCode: isLate ? 124 : exitCode, stdout: stdout.text(), stderr: `${stderr.text()}${note}` };
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Everything of it has ended by itself.
  }
}
