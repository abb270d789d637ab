import { existsSync } from 'node:fs';
import { type Environment, noGatewayIn } from '../environment.js';
import { ConfigurationError } from '../foundation/errors.js';
import { hintingAfter } from '../gateway/carriers.js';
import { SecretBox } from '../foundation/secret-box.js';
import { checkMasterSecret } from '../modules/settings/index.js';
import { sqliteFile } from '../foundation/data-folder.js';
import { openDatabase } from '../storage/database.js';
import type { Database } from '../storage/database.js';
import { checkSchema, migrate } from '../storage/migrate.js';

/**
 * Runs `work` on the environment's database, brought to the schema of this release or, for commands that only look, checked to be at it.
 * @throws ConfigurationError, StorageUnavailableError
 */
export async function withDatabase<Result>(
  environment: Environment,
  schema: 'migrate' | 'check',
  work: (database: Database) => Promise<Result>,
): Promise<Result> {
  const { databaseUrl, dataFolder } = environment;
  // Opening a SQLite file makes it.
  if (schema === 'check' && databaseUrl === undefined && !existsSync(sqliteFile(dataFolder)))
    throw new ConfigurationError(noGatewayIn(dataFolder));
  const database = await openDatabase(environment);
  try {
    await (schema === 'migrate' ? migrate(database) : checkSchema(database));
    await checkMasterSecret(database, new SecretBox(environment.masterSecret));
    return await hintingAfter(environment, database, () => work(database));
  } finally {
    await database.close();
  }
}
