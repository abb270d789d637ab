import type { Migration } from '../migrate.js';

/**
 * Why each call went where it went, with its receipt. Nodes of the release before write none, and such rows are signed as they were; their
 * `verify-ledger` takes receipts with a routing for altered ones.
 */
export const callRoutingMigration: Migration = {
  name: '0011-call-routing',
  minimumNodeVersion: '0010-health',
  async up(transaction) {
    await transaction.raw('alter table usage_records add column routing text');
  },
};
