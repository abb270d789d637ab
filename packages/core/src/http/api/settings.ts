import { z } from 'zod';
import type { ChangeAuthor } from '../../modules/changes/index.js';
import type { SettingsSection } from '../../modules/settings/index.js';
import { defineEndpoint, type Endpoint } from './endpoint.js';

export interface SettingsDoors {
  sections(): Promise<readonly SettingsSection[]>;
  /** @throws UnknownSettingError */
  section(name: string): Promise<SettingsSection>;
  /** @throws UnknownSettingError, InvalidSettingError */
  edit(author: ChangeAuthor, name: string, fields: Readonly<Record<string, unknown>>): Promise<void>;
}

const fields = z.record(z.string(), z.unknown());

const section = z
  .object({
    section: z.string(),
    schema: fields
      .readonly()
      .meta({ title: 'JSON Schema of the fields: titles, units, defaults; `secret` ones can be set and never read' }),
    values: fields.readonly().meta({ title: 'What is stored, and else the default' }),
    stored: z.array(z.string()).readonly().meta({ title: 'The fields that somebody has set, secret ones among them' }),
  })
  .meta({ id: 'SettingsSection' });

const params = z.strictObject({ section: z.string().max(100) });

export function settingsEndpoints(doors: SettingsDoors): readonly Endpoint[] {
  return [
    defineEndpoint({
      method: 'GET',
      path: '/api/settings',
      title: 'All settings, section by section, and what each of them may be',
      permission: 'settings.read',
      response: z.object({ items: z.array(section).readonly() }),
      handle: async () => ({ items: await doors.sections() }),
    }),
    defineEndpoint({
      method: 'GET',
      path: '/api/settings/:section',
      title: 'One section of the settings',
      permission: 'settings.read',
      params,
      response: section,
      handle: ({ params: { section: name } }) => doors.section(name),
    }),
    defineEndpoint({
      method: 'PUT',
      path: '/api/settings/:section',
      title: 'Set the named fields of a section, all or none; null brings a field back to its default',
      permission: 'settings.write',
      params,
      body: fields,
      response: section,
      handle: async ({ author, params: { section: name }, body }) => {
        await doors.edit(author, name, body);
        return doors.section(name);
      },
    }),
  ];
}
