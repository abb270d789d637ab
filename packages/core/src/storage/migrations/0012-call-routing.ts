import type { Migration } from '../migrate.js';

/**
 * Why each call went where it went, with its receipt. Nodes of the release before write none, and such rows are signed as they were; their
 * `verify-ledger` takes receipts with a routing for altered ones.
 */
export const callRoutingMigration: Migration = {
  name: '0012-call-routing',
  minimumNodeVersion: '0011-audit',
  async up(transaction) {
    await transaction.raw('alter table usage_records add column routing text');
  },
};
