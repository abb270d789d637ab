import type { ProviderAdapter } from '@tollgate/plugin-kit';
import type { Logger } from '../../foundation/logger.js';
import type { SecretBox } from '../../foundation/secret-box.js';
import type { Database } from '../../storage/database.js';
import type { Channel } from './channel.js';
import { checkChannelConfig } from './channel-config.js';
import { openConfig } from './channel-secrets.js';
import { type ChannelSnapshot, type OfferedModel, snapshotOf } from './channel-snapshot.js';
import { readChannels, type StoredChannel } from './channel-store.js';

const none: readonly never[] = Object.freeze([]);

/** Every channel that can be used now, in memory, found by group and model. */
export class ChannelDirectory {
  readonly #database: Database;
  readonly #providers: ReadonlyMap<string, ProviderAdapter>;
  readonly #secretBox: SecretBox;
  readonly #log: Logger;
  #snapshot: ChannelSnapshot = snapshotOf([]);

  constructor(database: Database, providers: ReadonlyMap<string, ProviderAdapter>, secretBox: SecretBox, log: Logger) {
    this.#database = database;
    this.#providers = providers;
    this.#secretBox = secretBox;
    this.#log = log;
  }

  /**
   * Reads all channels anew. One that cannot be used (its plugin is gone, its configuration no longer fits) is left out with a warning.
   * @throws StorageUnavailableError; the channels then stay as they were.
   */
  async reload(): Promise<void> {
    const stored = await readChannels(this.#database.knex);
    this.#snapshot = snapshotOf(stored.filter((channel) => channel.enabled).flatMap((channel) => this.#open(channel) ?? []));
  }

  /** Highest priority first; empty if no channel of the group offers the model. */
  candidatesFor(model: string, group: string): readonly Channel[] {
    return this.#snapshot.candidates.get(group)?.get(model) ?? none;
  }

  /** The channel with this id, if it can be used now and by this group. */
  find(id: string, group: string): Channel | undefined {
    return this.#snapshot.channels.find((channel) => channel.id === id && channel.groups.has(group));
  }

  /** All channels that can be used now, highest priority first. */
  all(): readonly Channel[] {
    return this.#snapshot.channels;
  }

  /** All channels of a group, highest priority first. */
  channelsOf(group: string): readonly Channel[] {
    return this.#snapshot.channels.filter(({ groups }) => groups.has(group));
  }

  /** The models that a group's channels offer, in order of their names. */
  modelsFor(group: string): readonly OfferedModel[] {
    return this.#snapshot.offers.get(group) ?? none;
  }

  #open(stored: StoredChannel): Channel | undefined {
    try {
      return channelOf(stored, this.#providers, this.#secretBox);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#log.warn({ channel: stored.name, provider: stored.provider }, `Channel "${stored.name}" is left out: ${reason}`);
      return undefined;
    }
  }
}

function channelOf(stored: StoredChannel, providers: ReadonlyMap<string, ProviderAdapter>, secretBox: SecretBox): Channel {
  const adapter = providers.get(stored.provider);
  if (adapter === undefined) throw new Error(`no plugin provides "${stored.provider}".`);
  const { problems, config, dialects } = checkChannelConfig(adapter, openConfig(stored.id, stored, secretBox));
  if (problems.length > 0) throw new Error(problems.map(({ path, message }) => `config.${path.join('.')}: ${message}`).join(' '));
  return Object.freeze({
    id: stored.id,
    name: stored.name,
    adapter,
    config: Object.freeze(config),
    models: new Set(stored.models),
    modelMapping: new Map(Object.entries(stored.modelMapping)),
    groups: new Set(stored.groups),
    priority: stored.priority,
    weight: stored.weight,
    ...(dialects === undefined ? {} : { dialects }),
  });
}
