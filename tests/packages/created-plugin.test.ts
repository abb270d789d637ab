import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryFolder } from '../support/repository.js';

const run = promisify(execFile);
/** It has all that the templates need, linked to the packages of this repository. */
const workshop = join(repositoryFolder, 'packages/create-plugin');

interface Report {
  readonly badge: string;
  readonly failed: number;
  readonly missing: readonly { readonly level: string; readonly remedy: string }[];
}

describe.each([
  { kind: 'provider', badge: 'bronze' },
  { kind: 'payment', badge: 'gold' },
  { kind: 'hook', badge: 'gold' },
])('a $kind plugin made by npm create', ({ kind, badge }) => {
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tollgate-created-'));
    await run(process.execPath, [join(workshop, 'bin/create-plugin.js'), '.', '--kind', kind, '--name', 'acme-ai'], { cwd: folder });
    symlinkSync(join(workshop, 'node_modules'), join(folder, 'node_modules'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** What npm would run, without the noise that npm makes. */
  const tool = (name: string, ...toolArguments: string[]): Promise<{ readonly stdout: string }> =>
    run(join(workshop, 'node_modules/.bin', name), toolArguments, { cwd: folder, timeout: 100_000 });

  it('compiles, and its tests pass', async () => {
    await tool('tsc');
    const { stdout } = await tool('vitest', 'run', '--reporter=json');
    const result = JSON.parse(stdout.slice(stdout.indexOf('{'))) as { readonly numFailedTests: number; readonly numPassedTests: number };
    expect(result.numFailedTests).toBe(0);
    expect(result.numPassedTests).toBeGreaterThan(10);
  });

  it(`earns the badge ${badge} and says what the next one asks for`, async () => {
    await tool('tsc', '-p', 'tsconfig.build.json');
    const { stdout } = await tool('tollgate-conform', '--json');
    const report = JSON.parse(stdout) as Report;
    expect(report).toMatchObject({ badge, failed: 0 });
    expect(report.missing.some(({ level }) => level === 'silver')).toBe(kind === 'provider');
    expect((await tool('tollgate-conform')).stdout).toContain(`Badge: ${badge}`);
  });

  it('fails the command when it breaks a promise', async () => {
    const file = join(folder, 'package.json');
    const manifest = readFileSync(file, 'utf8');
    writeFileSync(file, manifest.replace('"kit": "1.0"', '"kit": "1.1"'));
    try {
      const error: unknown = await tool('tollgate-conform').catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 1, stdout: expect.stringContaining('tollgate.kit is not the kit of definePlugin') as string });
    } finally {
      writeFileSync(file, manifest);
    }
  });
});
