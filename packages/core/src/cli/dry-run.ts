import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { environmentVariables, processVariables } from '../environment.js';
import { sqliteFile } from '../foundation/data-folder.js';
import { loadSurroundings, type Surroundings } from './surroundings.js';

/**
 * Runs `work` where it may look but leaves nothing: on the gateway that is there, or, where there is none yet, in a folder that is removed
 * afterwards.
 * @throws ConfigurationError, and what `work` throws
 */
export async function withoutTrace<Result>(
  configurationFile: string | undefined,
  work: (surroundings: Surroundings, schema: 'migrate' | 'check') => Promise<Result>,
): Promise<Result> {
  const variables = processVariables();
  const dataFolder = resolve(environmentVariables.DATA_DIR.parse(variables['DATA_DIR'] || undefined));
  const isThere = (variables['DATABASE_URL'] ?? '') !== '' || existsSync(sqliteFile(dataFolder));
  if (isThere) return work(await loadSurroundings(configurationFile), 'check');
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-dry-run-'));
  try {
    return await work(await loadSurroundings(configurationFile, { ...variables, DATA_DIR: folder }), 'migrate');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
