import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository, without a trailing slash. */
export const repositoryFolder = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

/** A folder that lies beside the repository on the machines of its authors and is absent from a public clone. */
function besideRepository(name: string): string | undefined {
  const folder = join(repositoryFolder, '..', 'shared', name);
  return existsSync(folder) ? folder : undefined;
}

/** Recorded responses of vendors; undefined in a public clone. */
export const recordedFixturesFolder = besideRepository('fixtures');

/** The product documents that `docs/promises.yaml` cites; undefined in a public clone. */
export const productFolder = besideRepository('product');
