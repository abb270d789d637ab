import type { Migration } from '../migrate.js';

/**
 * Roll-ups by user, for whoever explains a balance. Costs the hot path next to nothing: an entry is made when a row is, for the first call of
 * an hour, and adding to the row leaves it alone.
 */
export const usageOfUsersMigration: Migration = {
  name: '0007-usage-of-users',
  async up(transaction) {
    await transaction.raw('create index usage_hours_by_user on usage_hours (user_id, hour)');
  },
};
