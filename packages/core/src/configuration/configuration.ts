import { z } from 'zod';
import { ConfigurationError } from '../foundation/errors.js';
import type { PluginEntry } from '../plugins/index.js';

/** What a configuration file exports: `export default defineConfig({ plugins: [...] })`. */
export interface ConfigurationFile {
  /** The plugins of this gateway. Nothing is loaded that is not named here. */
  readonly plugins: readonly PluginEntry[];
}

/** A configuration and the place that the names in it are looked up from. */
export interface Configuration extends ConfigurationFile {
  /** Absolute. */
  readonly folder: string;
  /** Where it was read; undefined for one made in code. */
  readonly file?: string;
}

const schema = z.strictObject({
  plugins: z.array(
    z.custom<PluginEntry>(() => true),
    'list the plugins here, [] for none',
  ),
});

/** Gives a configuration its type. What it says is checked when the gateway reads it. */
export function defineConfig(configuration: ConfigurationFile): ConfigurationFile {
  return configuration;
}

/**
 * What a file exported → a configuration.
 * @throws ConfigurationError naming file and field.
 */
export function parseConfiguration(exported: unknown, file: string, folder: string): Configuration {
  const parsed = schema.safeParse(exported);
  if (parsed.success) return { plugins: parsed.data.plugins, folder, file };
  throw new ConfigurationError(`${file} is wrong.\n${parsed.error.issues.flatMap(problemLines).join('\n')}`);
}

function problemLines(issue: z.core.$ZodIssue): readonly string[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => `  ${key}: there is no such field; known are ${Object.keys(schema.shape).join(', ')}.`);
  if (issue.path.length === 0) return ['  Its default export is no configuration: write "export default defineConfig({ plugins: [] })".'];
  return [`  ${issue.path.join('.')}: ${issue.message}.`];
}
