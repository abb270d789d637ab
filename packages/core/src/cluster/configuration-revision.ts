import type { Knex } from 'knex';

/**
 * The configuration in the database has one revision number. Every write to it raises the number in its own transaction, so that a node that
 * sees an unchanged number knows that nothing changed.
 */
export async function readRevision(knex: Knex): Promise<number> {
  const row = await knex<{ revision: bigint | number }>('configuration_revision').first('revision');
  return Number(row?.revision ?? 0);
}

/** Call it in the transaction of every change to settings, users, tokens, groups, channels or models. */
export async function bumpRevision(transaction: Knex.Transaction): Promise<void> {
  await transaction('configuration_revision').increment('revision', 1);
}

/** Until the transaction ends, nobody else changes the configuration. For a change that may turn out to be none, and then raises no number. */
export async function lockRevision(transaction: Knex.Transaction): Promise<void> {
  await transaction('configuration_revision').forUpdate().first('revision');
}

/** Raises the number if it still is `expected`; false if somebody else has written since. Guards a write that was planned from reads. */
export async function claimRevision(transaction: Knex.Transaction, expected: number): Promise<boolean> {
  const changed = await transaction('configuration_revision').where({ revision: expected }).increment('revision', 1);
  return changed === 1;
}
