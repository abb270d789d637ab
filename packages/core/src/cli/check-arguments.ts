import { parseArgs } from 'node:util';
import type { ArgsDef } from 'citty';
import { UsageError } from './usage-error.js';

/**
 * Refuses options and arguments that a command does not declare; citty would ignore them, and a misspelt `--dry-run` must not write.
 * @throws UsageError
 */
export function checkArguments(rawArguments: readonly string[], declared: ArgsDef): void {
  const named = Object.entries(declared).filter(([, { type }]) => type !== 'positional');
  const options = Object.fromEntries(
    named.map(([name, { type }]) => [name, { type: type === 'boolean' ? ('boolean' as const) : ('string' as const) }]),
  );
  const positionalsMax = Object.keys(declared).length - named.length;
  const [extra] = parse(rawArguments, options).slice(positionalsMax);
  if (extra !== undefined) throw new UsageError(`There is no place for the argument "${extra}".`);
}

function parse(rawArguments: readonly string[], options: Record<string, { type: 'boolean' | 'string' }>): readonly string[] {
  try {
    return parseArgs({ args: [...rawArguments], options, allowPositionals: true, strict: true }).positionals;
  } catch (error) {
    // Node adds advice about `--` after the first sentence, which helps nobody here.
    throw new UsageError(error instanceof Error ? `${error.message.split('. ')[0]?.replace(/\.$/, '')}.` : String(error));
  }
}
