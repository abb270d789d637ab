import type { Migration } from '../migrate.js';

/**
 * What calls claim by their idempotency keys. A claim is written with the hold of its call, which names it, and ends with it; what is left is
 * found by its key, and removed by time.
 */
export const idempotencyMigration: Migration = {
  name: '0005-idempotency',
  async up(transaction, kind) {
    await transaction.raw(`create table idempotency_keys (
      id text primary key,
      token_id text not null,
      fingerprint text not null,
      state text not null,
      hold_id text not null,
      request_id text not null,
      answer_status integer,
      content_type text,
      answer text,
      created_at bigint not null,
      expires_at bigint not null
    )`);
    await transaction.raw('create index idempotency_keys_by_expiry on idempotency_keys (expires_at)');
    // Sealed text cannot be made smaller: trying to would take more time than all the rest of the row.
    if (kind === 'postgres') await transaction.raw('alter table idempotency_keys alter column answer set storage external');
    await transaction.raw('alter table holds add column claim_id text');
  },
};
