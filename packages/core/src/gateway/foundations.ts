import type { Configuration } from '../configuration/index.js';
import type { Environment } from '../environment.js';
import type { FaultSeam } from '../foundation/fault-points.js';
import type { Logger } from '../foundation/logger.js';
import { SecretBox } from '../foundation/secret-box.js';
import { checkMasterSecret, Settings } from '../modules/settings/index.js';
import { loadPlugins, type PluginRegistry } from '../plugins/index.js';
import { openRedis, type SharedRedis } from './carriers.js';
import { settingsDefinitions } from '../settings-definitions.js';
import { type Database, openDatabase } from '../storage/database.js';
import { migrate, type Migration } from '../storage/migrate.js';

export interface GatewayParts {
  readonly environment: Environment;
  readonly configuration: Configuration;
  readonly logger: Logger;
  /** For tests that break things at every wait of a call; absent in service. */
  readonly faults?: FaultSeam | undefined;
  /** For tests of upgrades; those of this release in service. */
  readonly migrations?: readonly Migration[] | undefined;
}

/** Database and plugins of a gateway that does not serve yet. */
export interface OpenedHouse {
  readonly database: Database;
  readonly plugins: PluginRegistry;
}

/** What everything else stands on. */
export interface Foundations extends OpenedHouse {
  readonly settings: Settings;
  readonly secretBox: SecretBox;
  /** Where the configuration of the node names one. */
  readonly redis?: SharedRedis | undefined;
}

/**
 * Loads the plugins, so that a broken one leaves the database alone; then opens and migrates the database.
 * @throws ConfigurationError, PluginLoadError, StorageUnavailableError
 */
export async function openFoundations({ environment, configuration, logger, migrations }: GatewayParts): Promise<Foundations> {
  const plugins = await loadPlugins({ entries: configuration.plugins, folder: configuration.folder, logger });
  try {
    const database = await openDatabase(environment);
    try {
      await migrate(database, migrations);
      const secretBox = new SecretBox(environment.masterSecret);
      await checkMasterSecret(database, secretBox);
      const settings = new Settings(database, settingsDefinitions, secretBox);
      await settings.reload();
      return { database, plugins, settings, secretBox, redis: await openRedis(environment, database, logger) };
    } catch (error) {
      await database.close();
      throw error;
    }
  } catch (error) {
    await plugins.close();
    throw error;
  }
}

export async function closeFoundations({ plugins, database, redis }: Foundations): Promise<void> {
  await plugins.close();
  redis?.connection.close();
  await database.close();
}
