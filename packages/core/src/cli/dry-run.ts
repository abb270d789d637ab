import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { environmentVariables, processVariables } from '../environment.js';
import { sqliteFile } from '../foundation/data-folder.js';
import { openDatabase } from '../storage/database.js';
import { isUnused } from '../storage/migrate.js';
import { loadSurroundings, type Surroundings } from './surroundings.js';

/**
 * Runs `work` where it may look but leaves nothing: on the gateway that is there, or, where there is none yet, on an empty one in a folder
 * that is removed afterwards.
 * @throws ConfigurationError, and what `work` throws
 */
export async function withoutTrace<Result>(
  configurationFile: string | undefined,
  work: (surroundings: Surroundings, schema: 'migrate' | 'check') => Promise<Result>,
): Promise<Result> {
  const variables = processVariables();
  if (await isGatewayIn(variables)) return work(await loadSurroundings(configurationFile), 'check');
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-dry-run-'));
  try {
    return await work(await loadSurroundings(configurationFile, { ...variables, DATABASE_URL: '', DATA_DIR: folder }), 'migrate');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function isGatewayIn(variables: ReturnType<typeof processVariables>): Promise<boolean> {
  const dataFolder = resolve(environmentVariables.DATA_DIR.parse(variables['DATA_DIR'] || undefined));
  const databaseUrl = variables['DATABASE_URL'];
  if (databaseUrl === undefined || databaseUrl === '') return existsSync(sqliteFile(dataFolder));
  const database = await openDatabase({ databaseUrl, dataFolder });
  try {
    return !(await isUnused(database));
  } finally {
    await database.close();
  }
}
