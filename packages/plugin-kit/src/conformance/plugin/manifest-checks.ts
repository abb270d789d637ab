import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isPlugin, kitVersion, type PluginParts } from '../../plugin.js';
import { type Check, checksOf } from '../check.js';
import { insist, insistSame } from '../insist.js';
import type { StartedPlugin } from './start-plugin.js';

/** The part of a package.json that concerns a plugin. */
export interface PackageManifest {
  readonly name?: string;
  readonly type?: string;
  readonly main?: string;
  readonly exports?: unknown;
  readonly files?: readonly string[];
  readonly tollgate?: { readonly kit?: unknown; readonly provides?: readonly string[] };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const kitName = '@tollgate/plugin-kit';

/** @throws Error if the folder has no readable package.json. */
export function readManifest(folder: string): PackageManifest {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) throw new Error(`${folder} has no package.json: run this in the folder of your plugin's package.`);
  return JSON.parse(readFileSync(file, 'utf8')) as PackageManifest;
}

/** The file that importing the package loads. @throws Error if the manifest names none. */
export function entryOf(manifest: PackageManifest): string {
  const exported = (manifest.exports as { readonly '.'?: unknown } | undefined)?.['.'] ?? manifest.exports;
  const entry = targetIn(exported) ?? manifest.main;
  if (entry === undefined) throw new Error('package.json names no entry: add "exports": { ".": { "default": "./dist/index.js" } }.');
  return entry;
}

/** The conditions that hold when Node imports a package; the first that the package lists wins. */
const conditions: ReadonlySet<string> = new Set(['import', 'node', 'module-sync', 'default']);

function targetIn(exported: unknown): string | undefined {
  if (typeof exported === 'string') return exported;
  if (typeof exported !== 'object' || exported === null) return undefined;
  for (const [condition, target] of Object.entries(exported)) {
    const found = conditions.has(condition) ? targetIn(target) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What the parts are called in `tollgate.provides`. */
function provided({ dialects = [], providers = [], payments = [], tasks = [], hooks = {} }: PluginParts): readonly string[] {
  const parts = {
    dialect: dialects.length,
    provider: providers.length,
    payment: payments.length,
    task: tasks.length,
    hook: Object.keys(hooks).length,
  };
  return Object.entries(parts).flatMap(([name, count]) => (count > 0 ? [name] : []));
}

/** The package says what the plugin is before any of its code runs. */
export function manifestChecks(subject: string, manifest: PackageManifest, { plugin, parts }: StartedPlugin): readonly Check[] {
  const { tollgate, dependencies = {}, peerDependencies = {} } = manifest;
  return checksOf(subject, 'bronze', {
    'is marked by definePlugin and named like its package': () => {
      insist(isPlugin(plugin), 'The default export must be what definePlugin returns.');
      insistSame(plugin.name, manifest.name, 'The name of the plugin is not that of its package.');
    },
    'states the same version of the contract in its package.json as in its code': () => {
      insist(
        tollgate !== undefined,
        `package.json has no field "tollgate": add { "kit": "${plugin.kit}", "provides": [${quoted(parts)}] }.`,
      );
      insistSame(tollgate.kit, plugin.kit, 'tollgate.kit is not the kit of definePlugin.');
      const [major, minor = 0] = plugin.kit.split('.').map(Number);
      const [ourMajor, ourMinor = 0] = kitVersion.split('.').map(Number);
      insist(major === ourMajor && minor <= ourMinor, `It is written for the contract ${plugin.kit}; this kit has ${kitVersion}.`);
    },
    'states in its package.json what it provides': () => {
      insistSame([...(tollgate?.provides ?? [])].sort(), [...provided(parts)].sort(), 'tollgate.provides is not what setup returns.');
    },
    'uses the gateway’s own copy of the kit': () => {
      insist(kitName in peerDependencies, `Add "${kitName}" to peerDependencies.`);
      insist(!(kitName in dependencies), `"${kitName}" belongs into peerDependencies and devDependencies, not into dependencies.`);
    },
    'is an ES module that carries its entry': () => {
      insistSame(manifest.type, 'module', '"type" must be "module".');
      const entry = entryOf(manifest).replace(/^\.\//, '');
      const isPacked =
        manifest.files === undefined ||
        manifest.files.some((file) => entry.startsWith(file.replace(/^\.\//, '').replace(/\/?\*{0,2}$/, '')));
      insist(isPacked, `"files" leaves ${entry} out of the package.`);
    },
  });
}

function quoted(parts: PluginParts): string {
  return provided(parts)
    .map((name) => `"${name}"`)
    .join(', ');
}
