import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PluginKind } from './plugin-kind.js';

/** What to make, and where. */
export interface PluginRequest {
  readonly kind: PluginKind;
  /** Lower-case letters, digits and hyphens: `acme-ai`. */
  readonly name: string;
  /** Name of the npm package; `tollgate-plugin-<name>` unless stated. */
  readonly packageName?: string;
  /** A folder that is not there yet, or empty. */
  readonly folder: string;
}

/** The wish cannot be granted; the message says what to change. */
export class CreationError extends Error {
  override readonly name = 'CreationError';
}

interface OwnManifest {
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** This package's own folder, whether it runs from its sources or built. */
const ownFolder = new URL('..', import.meta.url);

/**
 * Writes a plugin's package into a folder.
 * @returns the files that were written, from the folder
 * @throws CreationError before anything is written
 */
export function createPlugin(request: PluginRequest): readonly string[] {
  checkNames(request);
  if (existsSync(request.folder) && readdirSync(request.folder).length > 0) {
    throw new CreationError(`${request.folder} is not empty. Name a folder that is not there yet; nothing is ever overwritten.`);
  }
  const template = join(fileURLToPath(ownFolder), 'templates', request.kind);
  const files = filesBelow(template).map((file) => relative(template, file));
  return files.map((file) => {
    const target = file.replace(/(^|[\\/])gitignore$/, '$1.gitignore').replaceAll('sample-vendor', request.name);
    const path = join(request.folder, target);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, filledIn(readFileSync(join(template, file), 'utf8'), request));
    return target;
  });
}

function checkNames({ name, packageName }: PluginRequest): void {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new CreationError(`"${name}" is no name for a plugin: use lower-case letters, digits and single hyphens, for example acme-ai.`);
  }
  if (packageName !== undefined && !/^(@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*$/.test(packageName)) {
    throw new CreationError(`"${packageName}" is no name for an npm package.`);
  }
}

/** Templates are code that compiles, for a vendor called Sample Vendor; its names are replaced, and the versions of what it needs. */
function filledIn(text: string, { name, packageName = `tollgate-plugin-${name}` }: PluginRequest): string {
  const words = name.split('-');
  const titleWords = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  const withNames = text
    .replaceAll('tollgate-plugin-sample-vendor', packageName)
    .replaceAll('sample-vendor', name)
    .replaceAll('sampleVendor', [words[0], ...titleWords.slice(1)].join(''))
    .replaceAll('Sample Vendor', titleWords.join(' '));
  return withNames.replace(/"version of (.+?)"/g, (_all, dependency: string) => JSON.stringify(versionOf(dependency)));
}

/** The version that the templates were tested with: this package's own. */
function versionOf(dependency: string): string {
  const { devDependencies } = JSON.parse(readFileSync(new URL('package.json', ownFolder), 'utf8')) as OwnManifest;
  return devDependencies[dependency] ?? '*';
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)]))
    .sort();
}
