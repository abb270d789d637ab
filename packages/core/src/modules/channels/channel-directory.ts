import type { ProviderAdapter } from '@tollgate/plugin-kit';
import type { Logger } from '../../foundation/logger.js';
import type { SecretBox } from '../../foundation/secret-box.js';
import type { Database } from '../../storage/database.js';
import type { CandidateList } from './candidate-list.js';
import type { Channel } from './channel.js';
import { readChannels, readChannelVersions, type StoredChannel } from './channel-store.js';
import { ChannelTable, type OfferedModel } from './channel-table.js';
import { SharedNames } from './shared-names.js';
import { openChannel } from './open-channel.js';

/** Every channel that can be used now, in memory, found by group and model. */
export class ChannelDirectory {
  readonly #database: Database;
  readonly #providers: ReadonlyMap<string, ProviderAdapter>;
  readonly #secretBox: SecretBox;
  readonly #log: Logger;
  readonly #sharedNames = new SharedNames();
  #table: ChannelTable = ChannelTable.of([]);
  /** Channel → version, of all that were read. */
  #versions: ReadonlyMap<string, string> = new Map();

  constructor(database: Database, providers: ReadonlyMap<string, ProviderAdapter>, secretBox: SecretBox, log: Logger) {
    this.#database = database;
    this.#providers = providers;
    this.#secretBox = secretBox;
    this.#log = log;
  }

  /**
   * Reads what has changed since. A channel that cannot be used (its plugin is gone, its configuration no longer fits) is left out with a
   * warning.
   * @throws StorageUnavailableError; the channels then stay as they were.
   */
  async reload(): Promise<void> {
    const versions = await readChannelVersions(this.#database.knex);
    const changedIds = [...versions].filter(([id, version]) => version === '' || this.#versions.get(id) !== version).map(([id]) => id);
    const goneIds = [...this.#versions.keys()].filter((id) => !versions.has(id));
    if (changedIds.length === 0 && goneIds.length === 0) return;
    const stored = await readChannels(this.#database.knex, changedIds);
    const opened = stored.filter(({ enabled }) => enabled).flatMap((channel) => this.#open(channel) ?? []);
    this.#table = this.#table.with(opened, [...goneIds, ...changedIds]);
    this.#versions = versions;
    this.#sharedNames.keep(this.#table.channels.map(({ models }) => models));
  }

  /** Of nothing, if no channel of the group offers the model. */
  candidatesFor(model: string, group: string): CandidateList {
    return this.#table.candidatesFor(model, group);
  }

  /** The channel with this id, if it can be used now and by this group. */
  find(id: string, group: string): Channel | undefined {
    const channel = this.#table.find(id);
    return channel?.groups.has(group) === true ? channel : undefined;
  }

  /** Undefined where the channel cannot be used now. */
  nameOf(id: string): string | undefined {
    return this.#table.find(id)?.name;
  }

  /** All channels that can be used now, highest priority first. */
  all(): readonly Channel[] {
    return this.#table.channels;
  }

  /** All channels of a group, highest priority first. */
  channelsOf(group: string): readonly Channel[] {
    return this.#table.channels.filter(({ groups }) => groups.has(group));
  }

  /** The models that a group's channels offer, in order of their names. */
  modelsFor(group: string): readonly OfferedModel[] {
    return this.#table.offersOf(group);
  }

  #open(stored: StoredChannel): Channel | undefined {
    try {
      const models = this.#sharedNames.shared(stored.models);
      return openChannel(stored, this.#providers, this.#secretBox, models);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#log.warn({ channel: stored.name, provider: stored.provider }, `Channel "${stored.name}" is left out: ${reason}`);
      return undefined;
    }
  }
}
