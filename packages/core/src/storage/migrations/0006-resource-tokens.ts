import type { Migration } from '../migrate.js';

/** What a request that names a resource adds to its input, in tokens; null where nobody knows. */
export const resourceTokensMigration: Migration = {
  name: '0006-resource-tokens',
  minimumNodeVersion: '0005-idempotency',
  async up(transaction) {
    await transaction.raw('alter table resources add column tokens bigint');
  },
};
