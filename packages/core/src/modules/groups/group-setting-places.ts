/** Fields of groups that are kept in the settings, group → value: a group's page and the settings' JSON change the same. */
export const groupSettingPlaces = [
  { field: 'limits', section: 'limits', key: 'groups' },
  { field: 'strategy', section: 'routing', key: 'strategyOfGroups' },
] as const;

/** Their values, checked where they are written. */
export type GroupSettings = { readonly [Field in (typeof groupSettingPlaces)[number]['field']]?: unknown };
