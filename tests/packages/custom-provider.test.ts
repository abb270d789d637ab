import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collect } from '../support/command.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { installPacked } from './install-packed.js';

const config = `import openai from '@tollgate/adapter-openai';
import { defineConfig } from '@tollgate/core';
import demo from '@tollgate/example-custom-provider';

export default defineConfig({ plugins: [openai(), demo()] });
`;

describe('a provider plugin in a folder of its own', () => {
  let folder: string;
  let url: string;
  let gateway: ChildProcess | undefined;
  let output: { text(): string };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tollgate-packed-'));
    await installPacked(folder);
    writeFileSync(join(folder, 'tollgate.config.mjs'), config);
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    // A process group of its own: npx leaves its child behind when it is killed alone.
    gateway = spawn('npx', ['tollgate', 'start'], {
      cwd: folder,
      detached: true,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], PORT: String(port), HOST: '127.0.0.1', DATA_DIR: join(folder, 'data') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [stdout, stderr] = [collect(gateway.stdout), collect(gateway.stderr)];
    output = { text: () => `${stdout.text()}${stderr.text()}` };
    await eventually('the gateway is ready', isReady, 60_000).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${output.text()}`);
    });
  }, 240_000);

  afterAll(async () => {
    if (gateway?.pid !== undefined && gateway.exitCode === null) {
      const gone = new Promise((resolve) => gateway?.once('close', resolve));
      process.kill(-gateway.pid, 'SIGTERM');
      await gone;
    }
    rmSync(folder, { recursive: true, force: true });
  });

  async function isReady(): Promise<boolean> {
    if (gateway?.exitCode !== null) throw new Error('The gateway ended while starting.');
    return fetch(`${url}/healthz`).then(
      ({ status }) => status === 200,
      () => false,
    );
  }

  function printedKey(): string {
    const [key] = /\bsk-[A-Za-z0-9]{32,}/.exec(output.text()) ?? [];
    if (key === undefined) throw new Error(`No API key was printed:\n${output.text()}`);
    return key;
  }

  const question = { model: 'demo-chat', messages: [{ role: 'user' as const, content: 'Hello?' }] };

  it('is served by npx tollgate start, with a first key and a call to paste', async () => {
    const openai = new OpenAI({ apiKey: printedKey(), baseURL: `${url}/v1`, maxRetries: 0 });
    const completion = await openai.chat.completions.create(question);
    expect(completion.choices[0]?.message.content).toMatch(/\S/);
    expect(completion.usage?.total_tokens).toBeGreaterThan(0);
    expect(output.text()).toContain('curl');
  });

  it('streams', async () => {
    const openai = new OpenAI({ apiKey: printedKey(), baseURL: `${url}/v1`, maxRetries: 0 });
    const answer = await openai.chat.completions.stream(question).finalChatCompletion();
    expect(answer.choices[0]?.message.content).toMatch(/\S/);
  });
});
