import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type ConfiguredPlugin, isPlugin, type Plugin } from '../../plugin.js';
import { entryOf, readManifest } from '../plugin/manifest-checks.js';

/** The plugin that the package in a folder exports. @throws Error that says what to do. */
export async function loadPackage(folder: string): Promise<Plugin | ConfiguredPlugin> {
  const entry = join(folder, entryOf(readManifest(folder)));
  if (!existsSync(entry)) throw new Error(`${entry} is not there: build the package first.`);
  const { default: exported } = (await import(pathToFileURL(entry).href)) as { readonly default?: unknown };
  if (!isPlugin(exported)) throw new Error(`The default export of ${entry} is no plugin: export what definePlugin returns.`);
  return exported;
}
