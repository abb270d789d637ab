import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isPlugin, kitVersion } from '@tollgate/plugin-kit';
import type { ConfiguredPlugin, Plugin } from '@tollgate/plugin-kit';
import { createJiti } from 'jiti';
import { PluginLoadError } from './plugin-errors.js';

/** The part of a plugin's package.json that is read before any of its code runs. */
interface Manifest {
  readonly tollgate?: { readonly kit?: unknown };
}

/** True for a plugin written against the same major version of the contract and the same or a lower minor one. */
export function isSupportedKit(kit: string): boolean {
  const [major, minor] = kit.split('.').map(Number);
  const [ourMajor, ourMinor = 0] = kitVersion.split('.').map(Number);
  return major === ourMajor && minor !== undefined && minor <= ourMinor;
}

/**
 * Finds a named package from the configuration's folder, checks the contract in its package.json, and only then runs its code.
 * @throws PluginLoadError
 */
export async function importPlugin(name: string, folder: string): Promise<Plugin | ConfiguredPlugin> {
  const packageName = findPackage(name, folder);
  checkManifest(packageName, folder);
  const exported = await importDefault(packageName, folder);
  if (!isPlugin(exported)) throw new PluginLoadError(packageName, 'its default export is not a plugin: export what definePlugin returns.');
  return exported;
}

function findPackage(name: string, folder: string): string {
  const candidates = packageNames(name);
  const found = candidates.find((candidate) => packageFolder(candidate, folder) !== undefined);
  if (found !== undefined) return found;
  const reason = `no package ${candidates.join(' or ')} is installed where ${folder} finds packages. Install it there, or correct the name.`;
  throw new PluginLoadError(name, reason);
}

/** A scoped name is a package; any other may be the short form of one. */
function packageNames(name: string): readonly string[] {
  if (!/^(@[\w.-]+\/)?[\w.-]+$/.test(name))
    throw new PluginLoadError(name, 'it is not the name of a package. Import a file in the configuration file and list what it exports.');
  if (name.startsWith('@')) return [name];
  return [`@tollgate/adapter-${name}`, `@tollgate/payment-${name}`, `tollgate-plugin-${name}`, name];
}

function packageFolder(packageName: string, from: string): string | undefined {
  const folder = join(from, 'node_modules', packageName);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return folder;
  const parent = dirname(from);
  return parent === from ? undefined : packageFolder(packageName, parent);
}

function checkManifest(packageName: string, folder: string): void {
  const kit = readManifest(packageName, join(packageFolder(packageName, folder) ?? '', 'package.json')).tollgate?.kit;
  if (kit === undefined)
    throw new PluginLoadError(packageName, 'it is not a plugin: its package.json has no field "tollgate" with the version of its kit.');
  if (typeof kit !== 'string' || !isSupportedKit(kit)) throw new PluginLoadError(packageName, unsupportedKit(kit));
}

export function unsupportedKit(kit: unknown): string {
  return `it is written for version ${JSON.stringify(kit)} of the plugin contract, and this gateway offers ${kitVersion}. Install a version of it that fits.`;
}

function readManifest(packageName: string, file: string): Manifest {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  } catch (error) {
    throw new PluginLoadError(packageName, `${file} cannot be read.`, error);
  }
}

async function importDefault(packageName: string, folder: string): Promise<unknown> {
  try {
    // Node resolves names from the importing file, which is this one; the plugin is to be found from the configuration's folder.
    const address = createJiti(join(folder, 'tollgate.config.js')).esmResolve(packageName, { parentURL: pathToFileURL(join(folder, '/')) });
    const module = (await import(address)) as { readonly default?: unknown };
    return module.default;
  } catch (error) {
    throw new PluginLoadError(packageName, `its code fails: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}
