import { createHash } from 'node:crypto';
import { ConfigurationError } from '../../foundation/errors.js';
import type { SecretBox } from '../../foundation/secret-box.js';
import type { Database } from '../../storage/database.js';
import { addSetting, readSettings } from './settings-store.js';

/** Not a setting of anyone: a sealed text that only the right master secret opens. */
const section = 'gateway';
const key = 'masterSecretCheck';
const context = 'the check of the master secret';

/**
 * Refuses a master secret that is not the one this database was first used with: nothing encrypted or signed under the old one could be
 * read. The first use of a database remembers its secret.
 * @throws ConfigurationError, StorageUnavailableError
 */
export async function checkMasterSecret(database: Database, secretBox: SecretBox): Promise<void> {
  const sealed = (await storedCheck(database)) ?? (await remember(database, secretBox));
  try {
    secretBox.open(sealed, context);
  } catch (error) {
    const message =
      'The master secret is not the one that this database was first used with. Set TOLLGATE_SECRET, or restore the file "secret" in DATA_DIR, to what it was: stored credentials cannot be read with another.';
    throw new ConfigurationError(message, { cause: error });
  }
}

/**
 * A name that no other database has, the same for all nodes of this one. To be asked for after {@link checkMasterSecret}.
 * @throws StorageUnavailableError
 */
export async function databaseMark(database: Database): Promise<string> {
  // What is stored begins with a random number; its hash tells nothing of it.
  return createHash('sha256')
    .update((await storedCheck(database)) ?? '')
    .digest('hex')
    .slice(0, 16);
}

/** Returns what is stored in the end: another process may have been first. */
async function remember(database: Database, secretBox: SecretBox): Promise<string> {
  const sealed = secretBox.seal('right', context);
  await database.write((transaction) => addSetting(transaction, { section, key, value: JSON.stringify(sealed) }));
  return (await storedCheck(database)) ?? sealed;
}

async function storedCheck(database: Database): Promise<string | undefined> {
  const row = (await readSettings(database.knex)).find((setting) => setting.section === section && setting.key === key);
  return row === undefined ? undefined : String(JSON.parse(row.value));
}
