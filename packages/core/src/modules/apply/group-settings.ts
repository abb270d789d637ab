import { defaultGroup, groupSettingPlaces } from '../groups/index.js';
import type { ApplyDocument } from './apply-schema.js';
import type { ProblemAt } from './apply-source.js';
import type { ApplyState } from './apply-state.js';

/** The settings of the file, with what its groups state of them. */
export function withGroupSettings(document: ApplyDocument, state: Pick<ApplyState, 'settings'>): ApplyDocument {
  const settings = { ...document.settings };
  for (const { field, section, key } of groupSettingPlaces) {
    const stated = Object.entries(document.groups).flatMap(([name, group]) => (group[field] === undefined ? [] : [[name, group[field]]]));
    if (stated.length === 0) continue;
    const others = settings[section]?.[key] ?? state.settings.get(section)?.[key] ?? {};
    settings[section] = { ...settings[section], [key]: { ...others, ...(Object.fromEntries(stated) as object) } };
  }
  return { ...document, settings };
}

/** What a file states in both places. */
export function doubledGroupSettings({ groups, settings }: ApplyDocument): readonly ProblemAt[] {
  return groupSettingPlaces.flatMap(({ field, section, key }) =>
    Object.keys(settings[section]?.[key] ?? {})
      .filter((name) => groups[name]?.[field] !== undefined)
      .map((name) => ({
        path: ['groups', name, field],
        message: `Stands in settings.${section}.${key} too: state it in one of the two.`,
      })),
  );
}

/** The group of users for whom the file names none. */
export function newUserGroupOf({ settings }: ApplyDocument, state: Pick<ApplyState, 'settings'>): string {
  const stated = settings['groups']?.['newUserGroup'] ?? state.settings.get('groups')?.['newUserGroup'];
  return typeof stated === 'string' ? stated : defaultGroup;
}
