import type { Knex } from 'knex';
import type { Group } from './group.js';

interface GroupRow {
  readonly id: string;
  readonly name: string;
  readonly ratio: string;
}

export async function readGroups(knex: Knex): Promise<readonly Group[]> {
  return knex<GroupRow>('groups').select('id', 'name', 'ratio').orderBy('name');
}

export async function insertGroup(transaction: Knex.Transaction, group: Group, createdAt: number): Promise<void> {
  await transaction('groups').insert({ id: group.id, name: group.name, ratio: group.ratio, created_at: createdAt });
}

export async function updateGroup(transaction: Knex.Transaction, group: Group): Promise<void> {
  await transaction<GroupRow>('groups').where('id', group.id).update({ ratio: group.ratio });
}

/** The foreign keys of users and tokens refuse it for a group in use. */
export async function deleteGroup(transaction: Knex.Transaction, id: string): Promise<void> {
  await transaction<GroupRow>('groups').where('id', id).delete();
}
