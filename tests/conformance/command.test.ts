import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repositoryFolder } from '../support/repository.js';

const command = join(repositoryFolder, 'packages/plugin-kit/bin/tollgate-conform.js');
const manifest = {
  name: 'tollgate-plugin-moon',
  type: 'module',
  exports: './index.js',
  tollgate: { kit: '1.0', provides: ['hook'] },
  peerDependencies: { '@tollgate/plugin-kit': '^0.1.0' },
};

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tollgate-conform-'));
  mkdirSync(join(folder, 'node_modules/@tollgate'), { recursive: true });
  symlinkSync(join(repositoryFolder, 'packages/plugin-kit'), join(folder, 'node_modules/@tollgate/plugin-kit'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A plugin in plain JavaScript, which no compiler has seen. */
function writePlugin(setup: string): void {
  const spec = `{ name: 'tollgate-plugin-moon', kit: '1.0', setup(options, host) { ${setup} } }`;
  writeFileSync(join(folder, 'index.js'), `import { definePlugin } from '@tollgate/plugin-kit';\nexport default definePlugin(${spec});\n`);
}

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function conform(...programArguments: readonly string[]): Promise<Outcome> {
  const run = promisify(execFile)(process.execPath, [command, ...programArguments], { cwd: folder });
  return run.then((output) => ({ code: 0, ...output })).catch((error: unknown) => error as Outcome);
}

const sound = 'return { hooks: { onRequest() {} } };';

describe('tollgate-conform', () => {
  it('tells the badge of the package in its folder', async () => {
    writePlugin(sound);
    expect(await conform()).toMatchObject({ code: 0, stdout: expect.stringContaining('Badge: gold') as string });
  });

  it('looks at another folder, and reports as JSON', async () => {
    writePlugin(sound);
    const { code, stdout } = await conform(folder, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ kit: '1.0', name: 'tollgate-plugin-moon', badge: 'gold', failed: 0 });
  });

  it('fails with a check that fails', async () => {
    writePlugin('return { hooks: { onPayday() {} } };');
    expect(await conform()).toMatchObject({ code: 1, stdout: expect.stringContaining('There is no hook "onPayday"') as string });
  });

  it('fails where a plugin leaves something open', async () => {
    writePlugin(`setInterval(() => {}, 1_000); ${sound}`);
    expect(await conform()).toMatchObject({ code: 1, stderr: expect.stringContaining('still open') as string });
  });

  it('gives the plugin its options and recordings from elsewhere', async () => {
    mkdirSync(join(folder, 'elsewhere/moon'), { recursive: true });
    writeFileSync(join(folder, 'elsewhere/moon/errors.json'), '[]');
    writeFileSync(
      join(folder, 'index.js'),
      `import { definePlugin, z } from '@tollgate/plugin-kit';
       export default definePlugin({ name: 'tollgate-plugin-moon', kit: '1.0', options: z.object({ a: z.int() }), setup: () => ({ hooks: { onRequest() {} } }) });`,
    );
    expect(await conform()).toMatchObject({ code: 1, stderr: expect.stringContaining('its options are wrong') as string });
    expect(await conform('--options', '{"a":1}')).toMatchObject({ code: 0 });
    const { stdout } = await conform('--options', '{"a":1}', '--fixtures', 'elsewhere');
    expect(stdout).toContain('There is no provider "moon"');
  });

  it('says what is missing where there is nothing to look at', async () => {
    expect(await conform()).toMatchObject({ code: 1, stderr: expect.stringContaining('build the package first') as string });
    expect(await conform('node_modules')).toMatchObject({ code: 1, stderr: expect.stringContaining('has no package.json') as string });
    writeFileSync(join(folder, 'index.js'), 'export default {};');
    expect(await conform()).toMatchObject({ code: 1, stderr: expect.stringContaining('is no plugin') as string });
  });

  it('explains itself, also when called wrongly', async () => {
    expect(await conform('--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('--fixtures') as string });
    for (const wrong of [['--colour'], ['a', 'b'], ['--options', '{']]) expect(await conform(...wrong)).toMatchObject({ code: 2 });
  });
});
