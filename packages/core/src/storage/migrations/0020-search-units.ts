import type { Migration } from '../migrate.js';

/**
 * Search units in the hourly sums. Nodes of the release before do not know a price by the search, and would take calls of such a model for
 * nothing: they stop.
 */
export const searchUnitsMigration: Migration = {
  name: '0020-search-units',
  async up(transaction) {
    await transaction.raw('alter table usage_hours add column search_units bigint not null default 0');
  },
};
