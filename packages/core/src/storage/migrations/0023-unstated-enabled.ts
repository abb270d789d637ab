import type { Migration } from '../migrate.js';

/**
 * An entry of the catalogue need not say whether it is enabled. Of those that there are, the ones that are enabled and have no price that was set
 * by hand do not: presets, synced prices, and facts alone never meant to. A node from before knows of `enabled` alone, and goes on as it did:
 * what it inserts has 2, and is read by the same rule.
 */
export const unstatedEnabledMigration: Migration = {
  name: '0023-unstated-enabled',
  minimumNodeVersion: '0022-usage-series',
  async up(transaction) {
    for (const statement of statements) await transaction.raw(statement);
  },
};

const statements = [
  'alter table models add column states_enabled integer not null default 2',
  `update models set states_enabled =
    case when enabled = 1 and (price is null or price_source in ('preset', 'synced')) then 0 else 1 end`,
];
