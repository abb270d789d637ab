import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
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
  await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', ...files], {
    cwd: folder,
    timeout: timeMaxMs,
  });
  copyNativeBuild(folder);
}

/** The one native package is taken as the workspace has built it: compiling it anew would take minutes and prove nothing of ours. */
function copyNativeBuild(folder: string): void {
  const built = dirname(createRequire(import.meta.url).resolve('better-sqlite3/package.json'));
  const installed = join(folder, 'node_modules/better-sqlite3');
  const versionOf = (place: string): unknown =>
    (JSON.parse(readFileSync(join(place, 'package.json'), 'utf8')) as { readonly version: unknown }).version;
  if (versionOf(built) !== versionOf(installed)) throw new Error('The installed better-sqlite3 is not the version of the workspace.');
  cpSync(join(built, 'build'), join(installed, 'build'), { recursive: true });
}

async function pack(from: string, destination: string): Promise<string> {
  const { stdout } = await run('npx', ['--yes', pinnedPnpm(), 'pack', '--json', '--pack-destination', destination], {
    cwd: from,
    timeout: timeMaxMs,
  });
  const { filename } = JSON.parse(stdout.slice(stdout.indexOf('{'))) as { readonly filename: string };
  return filename;
}
