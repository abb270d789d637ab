import { createInterface } from 'node:readline/promises';
import { runCommand, type Terminal } from './command.js';

const terminal: Terminal = {
  folder: process.cwd(),
  write: (text) => void process.stdout.write(text),
  complain: (text) => void process.stderr.write(text),
  ...(process.stdin.isTTY ? { ask } : {}),
};

async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await lines.question(question)).trim();
  } finally {
    lines.close();
  }
}

process.exitCode = await runCommand(process.argv.slice(2), terminal);
