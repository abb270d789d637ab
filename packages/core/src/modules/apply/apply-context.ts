import type { ProviderAdapter } from '@tollgate/plugin-kit';
import type { Clock } from '../../foundation/clock.js';
import type { SecretBox } from '../../foundation/secret-box.js';
import type { Database } from '../../storage/database.js';
import type { Books } from '../ledger/index.js';
import type { Settings } from '../settings/index.js';

/** What applying a file needs of the gateway; nothing of it has to be running. */
export interface ApplyContext {
  readonly database: Database;
  readonly providers: ReadonlyMap<string, ProviderAdapter>;
  readonly settings: Settings;
  readonly secretBox: SecretBox;
  readonly books: Books;
  readonly clock: Clock;
}
