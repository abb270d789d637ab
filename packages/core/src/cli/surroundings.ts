import type { Configuration } from '../configuration/index.js';
import { loadConfiguration } from '../configuration/index.js';
import { processVariables, readEnvironment } from '../environment.js';
import type { Environment } from '../environment.js';
import { createLogger } from '../foundation/logger.js';
import type { RootLogger } from '../foundation/logger.js';

/** What a command is given: environment, configuration file, and a place to log to. */
export interface Surroundings {
  readonly environment: Environment;
  readonly configuration: Configuration;
  readonly logger: RootLogger;
}

/** @throws ConfigurationError */
export async function loadSurroundings(
  configurationFile: string | undefined,
  variables = processVariables(),
  options: { readonly looksOnly?: boolean } = {},
): Promise<Surroundings> {
  const place = { folder: process.cwd(), ...(configurationFile === undefined ? {} : { file: configurationFile }) };
  const configuration = await loadConfiguration(place);
  const environment = readEnvironment(variables, options);
  return { environment, configuration, logger: createLogger(environment.logLevel) };
}
