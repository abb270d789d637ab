/**
 * What every command of this repository does first: the right Node, installed packages, built packages. Nothing here needs a package, so
 * that it runs on a fresh clone; what is up to date already costs milliseconds.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const nodeVersionMin = [20, 19];
const stampFolder = join(root, 'node_modules', '.tollgate');
const installStamp = join(stampFolder, 'install.json');

/** Ends the process with a clear message on a Node that is too old. */
export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [majorMin, minorMin] = nodeVersionMin;
  if (major > majorMin || (major === majorMin && minor >= minorMin)) return;
  endWith(`Tollgate needs Node ${nodeVersionMin.join('.')} or newer; this is ${process.versions.node}. Get one from https://nodejs.org/.`);
}

/** Prints a message and ends the process as failed. */
export function endWith(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** Paths of the workspace's packages from its root: `packages/core`, … */
export function workspacePackages() {
  const inside = ['packages', 'examples'].flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`));
  return [...inside, 'tests'].filter((path) => existsSync(join(root, path, 'package.json')));
}

/**
 * Runs a program to its end. Its output goes to our standard error, since standard output belongs to the command that follows; when
 * quiet, it is shown only if the program fails. Resolves to whether it succeeded.
 */
export function run(program, programArguments, { folder = root, environment = {}, quiet = false } = {}) {
  return new Promise((resolve) => {
    const output = quiet ? 'pipe' : 2;
    // npx is a command file on Windows, which only a shell runs.
    const shell = process.platform === 'win32' && program === 'npx';
    const child = spawn(program, programArguments, {
      cwd: folder,
      env: { ...process.env, ...environment },
      stdio: ['ignore', output, output],
      shell,
    });
    const kept = [];
    child.stdout?.on('data', (chunk) => kept.push(chunk));
    child.stderr?.on('data', (chunk) => kept.push(chunk));
    child.on('error', (error) => kept.push(Buffer.from(`${program}: ${error.message}\n`)));
    child.on('close', (code) => {
      if (code !== 0) process.stderr.write(Buffer.concat(kept));
      resolve(code === 0);
    });
  });
}

/** Runs a program that an installed package brings, by the path of its script. */
export function runTool(script, toolArguments, options) {
  return run(process.execPath, [join(root, 'node_modules', script), ...toolArguments], options);
}

/** Runs the pinned pnpm, fetched by npx: corepack does not work everywhere. */
function runPnpm(pnpmArguments, quiet) {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return run('npx', ['-y', packageManager, ...pnpmArguments], { quiet });
}

/** Installs the locked packages unless that is done. */
export async function ensureInstalled({ quiet = false } = {}) {
  const wanted = { manifests: manifestHash(), abi: process.versions.modules };
  const found = readStamp(installStamp);
  if (found?.manifests === wanted.manifests && found.abi === wanted.abi) return;
  process.stderr.write('Installing packages. The first time may take some minutes.\n');
  const installArguments = ['install', '--frozen-lockfile', '--prod=false', '--config.confirm-modules-purge=false'];
  if (!(await runPnpm(installArguments, quiet))) endWith('The packages could not be installed: see the messages above.');
  // Native code is compiled for one binary interface of Node, and an install does not notice that it has changed.
  const nodeHasChanged = found !== undefined && found.abi !== wanted.abi;
  if (nodeHasChanged && !(await runPnpm(['rebuild', '-r', 'better-sqlite3'], quiet)))
    endWith('better-sqlite3 could not be rebuilt for this Node.');
  writeStamp(installStamp, wanted);
}

/** Builds the packages whose sources have changed since. Types take longer and are needed by nobody who only wants to run. */
export async function ensureBuilt({ types = false, quiet = false } = {}) {
  const packages = workspacePackages().filter((path) => existsSync(join(root, path, 'tsup.config.ts')));
  const stale = packages.filter((path) => !isBuilt(path, types));
  if (stale.length === 0) return;
  process.stderr.write(`Building ${stale.join(', ')}.\n`);
  const results = await eachOfTwo(stale, (path) => buildPackage(path, types, quiet));
  const failed = stale.filter((_path, index) => !results[index]);
  if (failed.length > 0) endWith(`${failed.join(', ')} could not be built: see the messages above.`);
}

/** Applies `work` to each item, two at a time. */
export async function eachOfTwo(items, work) {
  const results = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index]);
  };
  await Promise.all([worker(), worker()]);
  return results;
}

async function buildPackage(path, types, quiet) {
  const sources = sourceHash(path);
  rmSync(buildStamp(path), { force: true });
  const environment = types ? {} : { TOLLGATE_BUILD: 'fast' };
  const built = await runTool('tsup/dist/cli-default.js', ['--silent'], { folder: join(root, path), environment, quiet });
  if (built) writeStamp(buildStamp(path), { sources, types });
  return built;
}

function isBuilt(path, types) {
  const stamp = readStamp(buildStamp(path));
  return stamp?.sources === sourceHash(path) && (stamp.types || !types) && existsSync(join(root, path, 'dist', 'index.js'));
}

function buildStamp(path) {
  return join(stampFolder, `build-${path.replace('/', '-')}.json`);
}

function manifestHash() {
  return hashOf(['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', ...workspacePackages().map((path) => `${path}/package.json`)]);
}

function sourceHash(path) {
  const shared = ['tsup.base.ts', 'tsconfig.base.json'];
  const own = [`${path}/package.json`, `${path}/tsconfig.json`, `${path}/tsup.config.ts`];
  return hashOf([...shared, ...own, ...filesBelow(`${path}/src`).filter((file) => !file.endsWith('.test.ts'))]);
}

function filesBelow(path) {
  return readdirSync(join(root, path), { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(`${path}/${entry.name}`) : [`${path}/${entry.name}`]))
    .sort();
}

function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths)
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(root, path)))
      .update('\0');
  return hash.digest('hex');
}

function readStamp(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function writeStamp(file, stamp) {
  mkdirSync(stampFolder, { recursive: true });
  writeFileSync(file, JSON.stringify(stamp));
}
