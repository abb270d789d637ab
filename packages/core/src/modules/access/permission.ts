import type { UserRole } from '../users/index.js';

/** What a caller of the management API may do. Each endpoint names one; roles are sets of them. */
export const permissions = {
  'account.read': 'See the own balance',
  'usage.read': 'See the receipts of the own calls',
  'usage.all.read': 'See the receipts of all calls, with channels and upstreams',
  'pricing.read': 'See prices, their sources and what is missing',
  'pricing.write': 'Change models, vendors and groups, and what they cost',
  'pricing.sync': 'Ask others for prices and take them over',
  'channel.read': 'See channels, their keys by hints, and their health',
  'channel.write': 'Change channels and their keys',
  'channel.operate': 'Test channels, and ask their upstreams for balances and models',
  'settings.read': 'See the settings',
  'settings.write': 'Change the settings',
  'audit.read': 'See who has changed what',
  'configuration.apply': 'Apply a whole configuration',
  'metrics.read': 'See the figures of the gateway as a whole',
} as const;

export type Permission = keyof typeof permissions;

/** What every API key may do: see what is its own. Keys live in other people's programs, so they never administer, whoever owns them. */
export const permissionsOfApiKeys: ReadonlySet<Permission> = new Set(['account.read', 'usage.read']);

const permissionsOfAdmins: readonly Permission[] = [
  ...permissionsOfApiKeys,
  'usage.all.read',
  'pricing.read',
  'pricing.write',
  'channel.read',
  'channel.write',
  'channel.operate',
  'audit.read',
  'metrics.read',
];

export const permissionsOfRoles: Readonly<Record<UserRole, ReadonlySet<Permission>>> = {
  user: permissionsOfApiKeys,
  admin: new Set(permissionsOfAdmins),
  root: new Set(Object.keys(permissions) as Permission[]),
};
