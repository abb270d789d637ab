import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPlugin } from '../../packages/create-plugin/src/index.js';
import { repositoryFolder } from '../support/repository.js';
import { guideFiles } from './guide-files.js';

const run = promisify(execFile);
const workshop = join(repositoryFolder, 'packages/create-plugin');
const files = guideFiles(readFileSync(join(repositoryFolder, 'docs/write-a-provider.md'), 'utf8'));

describe('docs/write-a-provider.md, followed word for word', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tollgate-guide-'));
    createPlugin({ kind: 'provider', name: 'moon', folder });
    symlinkSync(join(workshop, 'node_modules'), join(folder, 'node_modules'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const tool = (name: string, ...toolArguments: string[]): Promise<{ readonly stdout: string }> =>
    run(join(workshop, 'node_modules/.bin', name), toolArguments, { cwd: folder, timeout: 100_000 });

  async function badge(): Promise<string> {
    const { stdout } = await tool('tollgate-conform', '--json');
    return (JSON.parse(stdout) as { readonly badge: string }).badge;
  }

  function write(isPart: (path: string) => boolean): void {
    for (const { path, text } of files.filter((file) => isPart(file.path))) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  }

  it('names the files of every step', () => {
    expect(files.map(({ path }) => path)).toEqual([
      'src/provider.ts',
      'src/index.ts',
      'src/provider.test.ts',
      '__fixtures__/moon-chat/hello.json',
      '__fixtures__/moon-chat/hello.stream.txt',
      '__fixtures__/moon-chat/hello.expected.json',
      '__fixtures__/moon/errors.json',
    ]);
  });

  it('ends in a golden badge, by way of bronze and silver', async () => {
    write((path) => path.startsWith('src/'));
    await tool('tsc');
    await tool('tsc', '-p', 'tsconfig.build.json');
    expect(await badge()).toBe('bronze');
    // Gold of the dialect comes with silver here, since both recordings have one name; refusals are still missing.
    write((path) => path.startsWith('__fixtures__/moon-chat/'));
    expect(await badge()).toBe('silver');
    write((path) => path.startsWith('__fixtures__/moon/'));
    expect(await badge()).toBe('gold');
    await tool('vitest', 'run');
  });
});
