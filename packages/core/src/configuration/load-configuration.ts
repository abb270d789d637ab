import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createJiti } from 'jiti';
import { ConfigurationError } from '../foundation/errors.js';
import { parseConfiguration } from './configuration.js';
import type { Configuration } from './configuration.js';

const fileNames = ['ts', 'mts', 'js', 'mjs'].map((extension) => `tollgate.config.${extension}`);

export interface ConfigurationPlace {
  /** Where to look for a configuration file. */
  readonly folder: string;
  /** The file itself, relative to the folder, where the operator has named it. */
  readonly file?: string;
}

/**
 * Finds, runs and checks the configuration file.
 * @throws ConfigurationError saying what to write where there is none, or naming file and field.
 */
export async function loadConfiguration(place: ConfigurationPlace): Promise<Configuration> {
  const file = findFile(place);
  return parseConfiguration(await importDefault(file), file, dirname(file));
}

function findFile({ folder, file }: ConfigurationPlace): string {
  if (file !== undefined) {
    const named = resolve(folder, file);
    if (isFile(named)) return named;
    throw new ConfigurationError(`There is no configuration file ${named}.`);
  }
  const found = fileNames.map((name) => join(folder, name)).find(isFile);
  if (found !== undefined) return found;
  throw new ConfigurationError(whatToWrite(folder));
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

async function importDefault(file: string): Promise<unknown> {
  try {
    return await createJiti(file, { fsCache: false }).import(file, { default: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError(`${file} cannot be run: ${reason}`, { cause: error });
  }
}

function whatToWrite(folder: string): string {
  return `There is no configuration file in ${folder}. Write ${join(folder, 'tollgate.config.ts')}, for example:

  import { defineConfig } from '@tollgate/core';

  export default defineConfig({
    plugins: ['name-of-an-adapter-package'],
  });

Or name another file with --config.`;
}
