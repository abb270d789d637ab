import { ConfigurationError } from '../foundation/errors.js';

/** The database was migrated by a newer release that this one cannot work beside. */
export class SchemaTooNewError extends ConfigurationError {
  readonly code = 'schema_too_new';
}

/** The database lacks migrations of this release. */
export class SchemaPendingError extends ConfigurationError {
  readonly code = 'schema_pending';
}

/** Another process serves from this data folder. */
export class DataFolderInUseError extends ConfigurationError {
  readonly code = 'data_folder_in_use';
}
