import type { Migration } from '../migrate.js';

/**
 * Which of its channel's keys made a resource: accounts behind keys know nothing of each other's. Null where the channel lists no keys, and
 * for what was made before.
 */
export const resourceKeysMigration: Migration = {
  name: '0017-resource-keys',
  minimumNodeVersion: '0015-models',
  async up(transaction) {
    await transaction.raw('alter table resources add column key_id text');
  },
};
