import type { ProviderAdapter } from '@tollgate/plugin-kit';
import type { SecretBox } from '../../foundation/secret-box.js';
import type { Database } from '../../storage/database.js';
import { type Channel, ChannelKeyNotFoundError, knownChannel, openChannel, type StoredChannel } from '../channels/index.js';
import { ChannelUnusableError } from './upkeep-errors.js';

export interface ChannelOpener {
  readonly database: Database;
  readonly providers: ReadonlyMap<string, ProviderAdapter>;
  readonly secretBox: SecretBox;
}

/**
 * A channel as calls would use it, whether it is enabled or not.
 * @param keyId a key that is meant even if it is disabled
 * @throws ChannelNotFoundError, ChannelKeyNotFoundError, ChannelUnusableError, StorageUnavailableError
 */
export async function openedChannel(opener: ChannelOpener, id: string, keyId?: string): Promise<Channel> {
  return openedFrom(opener, await knownChannel(opener.database.knex, id), keyId);
}

/** The same of one that was read already. @throws ChannelKeyNotFoundError, ChannelUnusableError */
export function openedFrom({ providers, secretBox }: ChannelOpener, stored: StoredChannel, keyId?: string): Channel {
  const { id } = stored;
  if (keyId !== undefined && keyId !== id && !stored.keys.some((key) => key.id === keyId)) throw new ChannelKeyNotFoundError(keyId);
  try {
    return openChannel(withKey(stored, keyId), providers, secretBox);
  } catch (error) {
    throw new ChannelUnusableError(stored.name, error instanceof Error ? error.message : String(error));
  }
}

function withKey(stored: StoredChannel, keyId: string | undefined): StoredChannel {
  if (keyId === undefined || stored.keys.length === 0) return stored;
  return { ...stored, keys: stored.keys.filter(({ id }) => id === keyId).map((key) => ({ ...key, enabled: true })) };
}
