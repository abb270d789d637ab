import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryFolder } from '../support/repository.js';

const run = promisify(execFile);
const timeMaxMs = 170_000;

/** What a published release would consist of, as far as this proof needs it. */
const packedFolders = ['packages/plugin-kit', 'packages/core', 'packages/adapter-openai', 'examples/custom-provider'];

/** The pnpm that the repository pins; machines of contributors need not have one. */
function pinnedPnpm(): string {
  const { packageManager } = JSON.parse(readFileSync(join(repositoryFolder, 'package.json'), 'utf8')) as {
    readonly packageManager: string;
  };
  return packageManager;
}

/** Packs the workspace's packages as a release would and installs them into the empty folder with npm. */
export async function installPacked(folder: string): Promise<void> {
  const tarballs = join(folder, 'tarballs');
  mkdirSync(tarballs);
  const files: string[] = [];
  for (const path of packedFolders) files.push(await pack(join(repositoryFolder, path), tarballs));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'somebody-elses', private: true, type: 'module' }));
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...files], { cwd: folder, timeout: timeMaxMs });
}

async function pack(from: string, destination: string): Promise<string> {
  const { stdout } = await run('npx', ['--yes', pinnedPnpm(), 'pack', '--json', '--pack-destination', destination], {
    cwd: from,
    timeout: timeMaxMs,
  });
  const { filename } = JSON.parse(stdout.slice(stdout.indexOf('{'))) as { readonly filename: string };
  return filename;
}
