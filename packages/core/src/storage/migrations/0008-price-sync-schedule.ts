import type { Migration } from '../migrate.js';

/** Which runs of the price sync the schedule began, and when what they found was taken over; null as long as it was not. */
export const priceSyncScheduleMigration: Migration = {
  name: '0008-price-sync-schedule',
  minimumNodeVersion: '0007-usage-of-users',
  async up(transaction) {
    // Nodes of the release before go on inserting runs without saying: those count as asked for by somebody.
    await transaction.raw('alter table price_sync_runs add column scheduled integer not null default 0');
    await transaction.raw('alter table price_sync_runs add column applied_at bigint');
  },
};
