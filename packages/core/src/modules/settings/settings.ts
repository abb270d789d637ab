import { bumpRevision } from '../../cluster/configuration-revision.js';
import type { SecretBox } from '../../foundation/secret-box.js';
import type { Database, Transaction } from '../../storage/database.js';
import { openSetting, sealSetting } from './setting-value.js';
import type { SettingsDefinition, SettingsValues } from './settings-definition.js';
import { UnknownSettingError } from './settings-errors.js';
import { deleteSetting, readSettings, writeSetting } from './settings-store.js';

type SectionValues = Readonly<Record<string, unknown>>;

/** The operator's choices: a validated snapshot in memory, read by everyone, replaced as a whole by {@link Settings.reload}. */
export class Settings {
  readonly #database: Database;
  readonly #definitions: ReadonlyMap<string, SettingsDefinition>;
  readonly #secretBox: SecretBox;
  #snapshot: ReadonlyMap<string, SectionValues>;

  /** Starts with every setting at its default; call {@link Settings.reload} to read the stored ones. */
  constructor(database: Database, definitions: readonly SettingsDefinition[], secretBox: SecretBox) {
    this.#database = database;
    this.#definitions = new Map(definitions.map((definition) => [definition.section, definition]));
    this.#secretBox = secretBox;
    this.#snapshot = snapshotOf(definitions, new Map());
  }

  /**
   * The section as it is in force now. Costs a map look-up, so read it where it is used rather than keep it.
   * @throws UnknownSettingError if the definition was not given to the constructor.
   */
  current<Definition extends SettingsDefinition>(definition: Definition): SettingsValues<Definition> {
    const values = this.#snapshot.get(definition.section);
    if (values === undefined) throw new UnknownSettingError(definition.section, [...this.#definitions.keys()]);
    return values as SettingsValues<Definition>;
  }

  /** @throws ConfigurationError naming section and field of a bad stored value; the snapshot then stays as it was. */
  async reload(): Promise<void> {
    const stored = await this.#read(this.#database.knex, (error) => {
      throw error;
    });
    this.#snapshot = snapshotOf([...this.#definitions.values()], stored);
  }

  /** What is stored, section → field → value, without defaults and without values that do not fit. */
  async stored(transaction: Transaction): Promise<ReadonlyMap<string, SectionValues>> {
    return this.#read(transaction, () => undefined);
  }

  /** Of every section. */
  get definitions(): readonly SettingsDefinition[] {
    return [...this.#definitions.values()];
  }

  /** @throws UnknownSettingError */
  definition(section: string): SettingsDefinition {
    const definition = this.#definitions.get(section);
    if (definition === undefined) throw new UnknownSettingError(section, [...this.#definitions.keys()]);
    return definition;
  }

  /**
   * Writes the given fields of a section, in the caller's transaction.
   * @throws UnknownSettingError, InvalidSettingError
   */
  async set(transaction: Transaction, section: string, patch: SectionValues): Promise<void> {
    const definition = this.definition(section);
    for (const [key, value] of Object.entries(patch)) {
      await writeSetting(transaction, { section, key, value: sealSetting(definition, key, value, this.#secretBox) });
    }
    await bumpRevision(transaction);
  }

  /** Brings a field back to its default, in the caller's transaction. */
  async reset(transaction: Transaction, section: string, key: string): Promise<void> {
    await deleteSetting(transaction, section, key);
    await bumpRevision(transaction);
  }

  async #read(reader: Database['knex'], onMisfit: (error: unknown) => void): Promise<ReadonlyMap<string, SectionValues>> {
    const sections = new Map<string, Record<string, unknown>>();
    for (const { section, key, value } of await readSettings(reader)) {
      const definition = this.#definitions.get(section);
      // A newer version of the gateway may have stored settings that this one does not know.
      if (definition === undefined || !Object.hasOwn(definition.schema.shape, key)) continue;
      const values = sections.get(section) ?? {};
      sections.set(section, values);
      try {
        values[key] = openSetting(definition, key, value, this.#secretBox);
      } catch (error) {
        onMisfit(error);
      }
    }
    return sections;
  }
}

function snapshotOf(
  definitions: readonly SettingsDefinition[],
  stored: ReadonlyMap<string, SectionValues>,
): ReadonlyMap<string, SectionValues> {
  return new Map(definitions.map(({ section, schema }) => [section, Object.freeze(schema.parse(stored.get(section) ?? {}))]));
}
