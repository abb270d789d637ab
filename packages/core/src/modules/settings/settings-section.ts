import type { Transaction } from '../../storage/database.js';
import type { ChangeAuthor, ConfigurationEditor } from '../changes/index.js';
import { settingSteps } from './setting-steps.js';
import type { Settings } from './settings.js';
import { settingsSchemas, type SettingsDefinition } from './settings-definition.js';

type Fields = Readonly<Record<string, unknown>>;

/** A section as people see it: secrets are never in it. */
export interface SettingsSection {
  readonly section: string;
  /** JSON Schema of the fields: titles, units, defaults, and `secret` marks. */
  readonly schema: Fields;
  /** Every field that has a value, stored or by default. */
  readonly values: Fields;
  /** Names of the fields that somebody has set, secret ones among them. */
  readonly stored: readonly string[];
}

/** All sections as they are stored. @throws StorageUnavailableError */
export async function readSections(settings: Settings, reader: Transaction): Promise<readonly SettingsSection[]> {
  const stored = await settings.stored(reader);
  return settings.definitions.map((definition) => sectionOf(definition, stored.get(definition.section) ?? {}));
}

/** @throws UnknownSettingError, StorageUnavailableError */
export async function readSection(settings: Settings, reader: Transaction, section: string): Promise<SettingsSection> {
  const definition = settings.definition(section);
  return sectionOf(definition, (await settings.stored(reader)).get(section) ?? {});
}

/**
 * Sets the fields that are given; null brings a field back to its default.
 * @throws UnknownSettingError, InvalidSettingError, StorageUnavailableError
 */
export function editSection(
  editor: ConfigurationEditor,
  settings: Settings,
  author: ChangeAuthor,
  section: string,
  given: Fields,
): Promise<void> {
  return editor.edit(author, async (transaction) => {
    const stored = (await settings.stored(transaction)).get(section) ?? {};
    return { steps: settingSteps(settings, section, stored, given), result: undefined };
  });
}

function sectionOf(definition: SettingsDefinition, stored: Fields): SettingsSection {
  const { section, schema, secrets } = definition;
  const values = Object.entries(schema.parse(stored)).filter(([name, value]) => value !== undefined && !secrets.has(name));
  return {
    section,
    schema: settingsSchemas([definition])[section] ?? {},
    values: Object.fromEntries(values),
    stored: Object.keys(stored).sort(),
  };
}
