import type { Clock } from '../../foundation/clock.js';
import type { Transaction } from '../../storage/database.js';
import type { ChangeAuthor, ConfigurationEditor, PlannedStep } from '../changes/index.js';
import { type Settings, settingSteps } from '../settings/index.js';
import { defaultGroup, type Group } from './group.js';
import { changedGroup, type GroupChange } from './group-change.js';
import { groupSettingPlaces, type GroupSettings } from './group-setting-places.js';
import { groupSteps } from './group-steps.js';
import { deleteGroup, readGroups } from './group-store.js';
import { GroupExistsError, GroupInUseError, GroupNotFoundError } from './groups-errors.js';
import { groupsSettings } from './groups-settings.js';
import { type GroupMembers, readGroupMembers } from './group-uses-store.js';

/** A group with what the settings have of it and who is in it. */
export interface GroupSheet {
  readonly group: Group;
  readonly settings: GroupSettings;
  readonly members: GroupMembers;
}

type Stored = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

const nobody: GroupMembers = { users: [], tokens: [], channels: [] };

/** Groups as people see and change them, each change whole or not at all. Every method may throw StorageUnavailableError. */
export class GroupDesk {
  readonly #editor: ConfigurationEditor;
  readonly #settings: Settings;
  readonly #clock: Clock;

  constructor(editor: ConfigurationEditor, settings: Settings, clock: Clock) {
    this.#editor = editor;
    this.#settings = settings;
    this.#clock = clock;
  }

  /** Every group, by name. */
  async sheets(reader: Transaction): Promise<readonly GroupSheet[]> {
    const [groups, stored, members] = [await readGroups(reader), await this.#settings.stored(reader), await readGroupMembers(reader)];
    return groups.map((group) => ({ group, settings: settingsOf(group.name, stored), members: members.get(group.name) ?? nobody }));
  }

  /** @throws GroupExistsError, InvalidSettingError */
  create(author: ChangeAuthor, name: string, change: GroupChange, settings: GroupSettings): Promise<void> {
    return this.#editor.edit(author, async (transaction) => {
      if ((await readGroups(transaction)).some((group) => group.name === name)) throw new GroupExistsError(name);
      const group = changedGroup(name, undefined, change, this.#clock);
      const steps = [...groupSteps(undefined, group), ...(await this.#settingSteps(transaction, name, settings))];
      return { steps, result: undefined };
    });
  }

  /** @throws GroupNotFoundError, InvalidSettingError */
  change(author: ChangeAuthor, name: string, change: GroupChange, settings: GroupSettings): Promise<void> {
    return this.#editor.edit(author, async (transaction) => {
      const known = await knownGroup(transaction, name);
      const group = changedGroup(name, known, change, this.#clock);
      const steps = [...groupSteps(known, group), ...(await this.#settingSteps(transaction, name, settings))];
      return { steps, result: undefined };
    });
  }

  /** With its entries in the settings. @throws GroupNotFoundError, GroupInUseError */
  remove(author: ChangeAuthor, name: string): Promise<void> {
    return this.#editor.edit(author, async (transaction) => {
      const known = await knownGroup(transaction, name);
      const uses = await this.#usesOf(transaction, name);
      if (uses.length > 0) throw new GroupInUseError(name, uses);
      const settings = await this.#settingSteps(transaction, name, { limits: null, strategy: null });
      return { steps: [...settings, removal(known)], result: undefined };
    });
  }

  async #usesOf(transaction: Transaction, name: string): Promise<readonly string[]> {
    const { users, tokens, channels } = (await readGroupMembers(transaction)).get(name) ?? nobody;
    const { autoOrder, newUserGroup } = groupsSettings.schema.parse((await this.#settings.stored(transaction)).get('groups') ?? {});
    const others = (await readGroups(transaction)).filter((group) => group.name !== name);
    const naming = others.filter(
      ({ usableBy, ratiosByUserGroup = {} }) =>
        (usableBy !== 'everyone' && usableBy.includes(name)) || Object.hasOwn(ratiosByUserGroup, name),
    );
    return [
      ...(name === defaultGroup ? ['the gateway itself, which needs a default'] : []),
      ...named('user', users),
      ...named('token', tokens),
      ...named('channel', channels),
      ...named(
        'group',
        naming.map((group) => group.name),
      ),
      ...(autoOrder.includes(name) ? ['the setting groups.autoOrder'] : []),
      ...(newUserGroup === name && name !== defaultGroup ? ['the setting groups.newUserGroup'] : []),
    ];
  }

  /** What it takes that the settings have these entries for the group: left out, one stays; null takes it away. */
  async #settingSteps(transaction: Transaction, name: string, given: GroupSettings): Promise<readonly PlannedStep[]> {
    const stored = await this.#settings.stored(transaction);
    return groupSettingPlaces.flatMap(({ field, section, key }) => {
      const value = given[field];
      const before = stored.get(section) ?? {};
      const entries = { ...(before[key] as object | undefined) } as Record<string, unknown>;
      if (value === undefined || (value === null && !Object.hasOwn(entries, name))) return [];
      const others = Object.fromEntries(Object.entries(entries).filter(([group]) => group !== name));
      return settingSteps(this.#settings, section, before, { [key]: value === null ? others : { ...entries, [name]: value } });
    });
  }
}

function settingsOf(name: string, stored: Stored): GroupSettings {
  const found = groupSettingPlaces.flatMap(({ field, section, key }) => {
    const value = (stored.get(section)?.[key] as Readonly<Record<string, unknown>> | undefined)?.[name];
    return value === undefined ? [] : [[field, value] as const];
  });
  return Object.fromEntries(found);
}

function named(noun: string, names: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  const shown = `${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}`;
  return [`${names.length} ${noun}${names.length === 1 ? '' : 's'} (${shown})`];
}

function removal({ id, name }: Group): PlannedStep {
  return { change: { action: 'delete', kind: 'group', name, fields: [] }, run: (transaction) => deleteGroup(transaction, id) };
}

async function knownGroup(transaction: Transaction, name: string): Promise<Group> {
  const known = (await readGroups(transaction)).find((group) => group.name === name);
  if (known === undefined) throw new GroupNotFoundError(name);
  return known;
}
