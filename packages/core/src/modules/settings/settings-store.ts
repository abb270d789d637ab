import type { Knex } from 'knex';

export interface SettingRow {
  readonly section: string;
  readonly key: string;
  /** JSON text; of secrets, the JSON of the sealed text. */
  readonly value: string;
}

export async function readSettings(knex: Knex): Promise<readonly SettingRow[]> {
  return knex<SettingRow>('settings').select('section', 'key', 'value');
}

export async function writeSetting(transaction: Knex.Transaction, row: SettingRow): Promise<void> {
  await transaction<SettingRow>('settings').insert(row).onConflict(['section', 'key']).merge(['value']);
}

/** Writes a value where there is none; an existing one stays. */
export async function addSetting(transaction: Knex.Transaction, row: SettingRow): Promise<void> {
  await transaction<SettingRow>('settings').insert(row).onConflict(['section', 'key']).ignore();
}

export async function deleteSetting(transaction: Knex.Transaction, section: string, key: string): Promise<void> {
  await transaction<SettingRow>('settings').where({ section, key }).delete();
}
