import type { Environment } from '../environment.js';
import { systemClock } from '../foundation/clock.js';
import { RowMac, rowMacKey } from '../foundation/row-mac.js';
import { SecretBox } from '../foundation/secret-box.js';
import type { ApplyContext } from '../modules/apply/index.js';
import { Books } from '../modules/ledger/index.js';
import { Settings } from '../modules/settings/index.js';
import { loadPlugins } from '../plugins/index.js';
import type { PluginRegistry } from '../plugins/index.js';
import { settingsDefinitions } from '../settings-definitions.js';
import type { Database } from '../storage/database.js';
import { withDatabase } from './open-database.js';
import type { Surroundings } from './surroundings.js';

/**
 * Runs `work` with what the declarative file needs; no gateway has to be running, and a running one sees the changes by itself.
 * @throws ConfigurationError, StorageUnavailableError
 */
export function withApplyContext<Result>(
  surroundings: Surroundings,
  work: (context: ApplyContext, plugins: PluginRegistry) => Promise<Result>,
  schema: 'migrate' | 'check' = 'migrate',
): Promise<Result> {
  return withDatabase(surroundings.environment, schema, async (database) => {
    const { configuration, logger } = surroundings;
    const plugins = await loadPlugins({ entries: configuration.plugins, folder: configuration.folder, logger });
    try {
      return await work(applyContext(surroundings.environment, database, plugins.providers), plugins);
    } finally {
      await plugins.close();
    }
  });
}

export function applyContext(environment: Environment, database: Database, providers: ApplyContext['providers']): ApplyContext {
  const secretBox = new SecretBox(environment.masterSecret);
  return {
    database,
    providers,
    secretBox,
    settings: new Settings(database, settingsDefinitions, secretBox),
    books: new Books(new RowMac(rowMacKey(environment.masterSecret)), systemClock),
    clock: systemClock,
  };
}
