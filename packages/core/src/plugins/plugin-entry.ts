import { isPlugin } from '@tollgate/plugin-kit';
import type { ConfiguredPlugin, Plugin } from '@tollgate/plugin-kit';
import { ConfigurationError } from '../foundation/errors.js';

/**
 * What a configuration may list: a plugin (called with its options or not), the name of its package, `[name, options]`, nothing at all
 * (`false`, for conditions), or a list of these.
 */
export type PluginEntry =
  | Plugin
  | ConfiguredPlugin
  | string
  | readonly [name: string, options: Readonly<Record<string, unknown>>]
  | false
  | null
  | undefined
  | readonly PluginEntry[];

/** One plugin that is to be loaded: at hand, or by name. */
export type WantedPlugin = { readonly plugin: Plugin | ConfiguredPlugin } | { readonly name: string; readonly options?: unknown };

/**
 * The plugins of a configuration in order, lists flattened, empty entries left out.
 * @throws ConfigurationError naming the place of an entry that is none of the allowed forms.
 */
export function flattenEntries(entries: readonly unknown[], path = 'plugins'): readonly WantedPlugin[] {
  return entries.flatMap((entry, index) => flattenEntry(entry, `${path}.${index}`));
}

function flattenEntry(entry: unknown, path: string): readonly WantedPlugin[] {
  if (entry === false || entry === null || entry === undefined) return [];
  if (isPlugin(entry)) return [{ plugin: entry }];
  if (typeof entry === 'string' && entry !== '') return [{ name: entry }];
  if (isNameWithOptions(entry)) return [{ name: entry[0], options: entry[1] }];
  if (Array.isArray(entry)) return flattenEntries(entry, path);
  throw new ConfigurationError(`${path} is no plugin: list what a plugin package exports, its name, or [name, options].`);
}

function isNameWithOptions(entry: unknown): entry is readonly [string, object] {
  if (!Array.isArray(entry) || entry.length !== 2) return false;
  const [name, options] = entry as readonly unknown[];
  return typeof name === 'string' && typeof options === 'object' && options !== null && !Array.isArray(options) && !isPlugin(options);
}
