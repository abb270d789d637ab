import { secretFields } from '@tollgate/plugin-kit';
import type { Database, Transaction } from '../../storage/database.js';
import type { ChangeAuthor, ConfigurationEditor } from '../changes/index.js';
import { readGroups } from '../groups/index.js';
import { restatedChannel } from './changed-channel.js';
import { type ChannelEntry, type ChannelSurroundings, storedChannelOf } from './channel-entry.js';
import type { ChannelFilter, ChannelPage, ChannelPosition } from './channel-filter.js';
import { comparableFilter } from './channel-search.js';
import { countTags, findChannelIds, findChannelPage, takenNames } from './channel-search-store.js';
import { channelDeletion, channelSteps } from './channel-steps.js';
import { readChannels, type StoredChannel } from './channel-store.js';
import {
  ChannelChangedError,
  ChannelKeyNotFoundError,
  ChannelNameTakenError,
  ChannelNotFoundError,
  InvalidChannelError,
} from './channels-errors.js';
import { changedFieldsOf, checkedEntry, statedEntry } from './stated-entry.js';

export interface ChannelDeskOptions extends ChannelSurroundings {
  readonly database: Database;
  readonly editor: ConfigurationEditor;
}

export interface FoundChannel {
  readonly channel: StoredChannel;
  readonly position: ChannelPosition;
}

type Fields = Readonly<Record<string, unknown>>;

/** Where channels are looked up and changed one by one. What is changed is checked as an apply file's entries are. */
export class ChannelDesk {
  readonly #options: ChannelDeskOptions;

  constructor(options: ChannelDeskOptions) {
    this.#options = options;
  }

  /** One more than the page may have, where there are more. @throws StorageUnavailableError */
  async find(filter: ChannelFilter, page: ChannelPage): Promise<readonly FoundChannel[]> {
    const { database, secretBox } = this.#options;
    const meant = await comparableFilter(database.knex, filter, secretBox);
    return database.snapshot(async (reader) => {
      const positions = await findChannelPage(reader, database.kind, meant, page);
      const channels = await readChannels(
        reader,
        positions.map(([, id]) => id),
      );
      const found = new Map(channels.map((channel) => [channel.id, channel]));
      return positions.flatMap((position) => {
        const channel = found.get(position[1]);
        return channel === undefined ? [] : [{ channel, position }];
      });
    });
  }

  /** By name. @throws StorageUnavailableError */
  async all(filter: ChannelFilter): Promise<readonly StoredChannel[]> {
    const { database, secretBox } = this.#options;
    const meant = await comparableFilter(database.knex, filter, secretBox);
    return database.snapshot(async (reader) => readChannels(reader, await findChannelIds(reader, database.kind, meant)));
  }

  /** @throws ChannelNotFoundError, StorageUnavailableError */
  async one(id: string): Promise<StoredChannel> {
    return knownChannel(this.#options.database.knex, id);
  }

  tags(): ReturnType<typeof countTags> {
    return countTags(this.#options.database.knex, this.#options.database.kind);
  }

  /** All or none. @throws InvalidChannelError, ChannelNameTakenError, StorageUnavailableError */
  async create(author: ChangeAuthor, entries: readonly Fields[]): Promise<readonly StoredChannel[]> {
    const { editor, providers, secretBox } = this.#options;
    const checked = entries.map((entry) => checkedEntry(entry, providers));
    const ids = await editor.edit(author, async (transaction) => {
      await this.#checkNamed(transaction, checked);
      const channels = checked.map((entry) => storedChannelOf(entry, undefined, this.#options));
      return {
        steps: channels.flatMap((channel) => channelSteps(undefined, channel, secretBox)),
        result: channels.map(({ id }) => id),
      };
    });
    return inOrder(ids, this.#options.database.knex);
  }

  /**
   * @param version as it was read; left out: whatever it is now
   * @throws ChannelNotFoundError, ChannelChangedError, InvalidChannelError, ChannelNameTakenError, StorageUnavailableError
   */
  change(author: ChangeAuthor, id: string, version: string | undefined, patch: Fields): Promise<void> {
    return this.restate(author, id, version, (entry) => changedFieldsOf(entry, patch, this.#options.providers));
  }

  /** The same with what makes another entry of the one that there is, its secrets in clear. */
  restate(
    author: ChangeAuthor,
    id: string,
    version: string | undefined,
    changed: (entry: Fields, known: StoredChannel) => Fields,
  ): Promise<void> {
    const { editor, secretBox } = this.#options;
    return editor.edit(author, async (transaction) => {
      const known = await knownChannel(transaction, id, version);
      const { entry, channel } = restatedChannel(known, (stated) => changed(stated, known), this.#options);
      await this.#checkNamed(transaction, [entry], id);
      return { steps: channelSteps(known, channel, secretBox), result: undefined };
    });
  }

  /** A copy begins disabled. @throws ChannelNotFoundError, InvalidChannelError, ChannelNameTakenError, StorageUnavailableError */
  async copy(author: ChangeAuthor, id: string, name: string | undefined): Promise<StoredChannel> {
    const { editor, providers, secretBox } = this.#options;
    const copyId = await editor.edit(author, async (transaction) => {
      const known = await knownChannel(transaction, id);
      const entry = checkedEntry({ ...statedEntry(known, secretBox), name: name ?? `${known.name} copy`, enabled: false }, providers);
      await this.#checkNamed(transaction, [entry]);
      const channel = storedChannelOf(entry, undefined, this.#options);
      return { steps: channelSteps(undefined, channel, secretBox), result: channel.id };
    });
    return this.one(copyId);
  }

  /** @throws ChannelNotFoundError, ChannelChangedError, StorageUnavailableError */
  delete(author: ChangeAuthor, id: string, version: string | undefined): Promise<void> {
    return this.#options.editor.edit(author, async (transaction) => {
      const known = await knownChannel(transaction, id, version);
      return { steps: [channelDeletion(known)], result: undefined };
    });
  }

  /**
   * Adds keys; those that the channel has already change nothing. A key in `config` becomes the first of them.
   * @throws ChannelNotFoundError, InvalidChannelError, StorageUnavailableError
   */
  addKeys(author: ChangeAuthor, id: string, keys: ChannelEntry['keys']): Promise<void> {
    return this.restate(author, id, undefined, (entry, known) => {
      const { config, keys: before } = entry as { readonly config: Fields; readonly keys: readonly unknown[] };
      const secretNames = this.secretNamesOf(known);
      const inConfig = Object.entries(config).filter(([name]) => secretNames.includes(name));
      const first = inConfig.length === 0 ? [] : [{ key: Object.fromEntries(inConfig) }];
      const rest = Object.entries(config).filter(([name]) => !secretNames.includes(name));
      return { ...entry, config: Object.fromEntries(rest), keys: [...first, ...before, ...keys] };
    });
  }

  /**
   * Puts another key in the place of one. It is another key: what was known of the old one is forgotten.
   * @throws ChannelNotFoundError, ChannelKeyNotFoundError, InvalidChannelError, StorageUnavailableError
   */
  replaceKey(author: ChangeAuthor, id: string, keyId: string, key: ChannelEntry['keys'][number]): Promise<void> {
    return this.restate(author, id, undefined, (entry, known) => {
      const position = known.keys.findIndex((each) => each.id === keyId);
      if (position < 0) throw new ChannelKeyNotFoundError(keyId);
      return { ...entry, keys: (entry['keys'] as readonly unknown[]).map((each, index) => (index === position ? key : each)) };
    });
  }

  /** Names of the fields of a channel's `config` that are secret. */
  secretNamesOf(channel: Pick<StoredChannel, 'provider'>): readonly string[] {
    const adapter = this.#options.providers.get(channel.provider);
    return adapter === undefined ? [] : secretFields(adapter.config);
  }

  /** @throws ChannelNameTakenError, InvalidChannelError */
  async #checkNamed(transaction: Transaction, entries: readonly ChannelEntry[], ownId?: string): Promise<void> {
    const taken = await takenNames(
      transaction,
      entries.map(({ name }) => name),
    );
    const names = new Set<string>();
    for (const { name } of entries) {
      const holder = taken.get(name);
      if ((holder !== undefined && holder !== ownId) || names.has(name)) throw new ChannelNameTakenError(name);
      names.add(name);
    }
    await checkGroups(transaction, ...entries.map(({ groups }) => groups));
  }
}

/**
 * @param lists of each channel the groups that it shall be in
 * @throws InvalidChannelError naming the groups of the first of them that there are not
 */
export async function checkGroups(transaction: Transaction, ...lists: readonly (readonly string[])[]): Promise<void> {
  const known = new Set((await readGroups(transaction)).map(({ name }) => name));
  for (const groups of lists) {
    const problems = groups.flatMap((group, index) =>
      known.has(group) ? [] : [{ path: ['groups', index], message: `There is no group "${group}".` }],
    );
    if (problems.length > 0) throw new InvalidChannelError(problems);
  }
}

/** @throws ChannelNotFoundError, ChannelChangedError */
export async function knownChannel(reader: Database['knex'], id: string, version?: string): Promise<StoredChannel> {
  const [known] = await readChannels(reader, [id]);
  if (known === undefined) throw new ChannelNotFoundError(id);
  if (version !== undefined && version !== known.version) throw new ChannelChangedError(known.name);
  return known;
}

/** The channels of these ids, in their order. */
async function inOrder(ids: readonly string[], reader: Database['knex']): Promise<readonly StoredChannel[]> {
  const found = new Map((await readChannels(reader, ids)).map((channel) => [channel.id, channel]));
  return ids.flatMap((id) => found.get(id) ?? []);
}
