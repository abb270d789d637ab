import type { Knex } from 'knex';
import type { Group } from './group.js';

interface GroupRow {
  readonly id: string;
  readonly name: string;
  readonly ratio: string | null;
  readonly created_at: number | bigint;
}

export async function readGroups(knex: Knex): Promise<readonly Group[]> {
  const rows: readonly GroupRow[] = await knex<GroupRow>('groups').select('id', 'name', 'ratio', 'created_at').orderBy('name');
  return rows.map(rowToGroup);
}

export async function insertGroup(transaction: Knex.Transaction, group: Group): Promise<void> {
  await transaction<GroupRow>('groups').insert(groupToRow(group));
}

export async function updateGroup(transaction: Knex.Transaction, group: Group): Promise<void> {
  await transaction<GroupRow>('groups')
    .where('id', group.id)
    .update({ ratio: group.ratio ?? null });
}

/** The foreign keys of users and tokens refuse it for a group in use. */
export async function deleteGroup(transaction: Knex.Transaction, id: string): Promise<void> {
  await transaction<GroupRow>('groups').where('id', id).delete();
}

function rowToGroup(row: GroupRow): Group {
  return { id: row.id, name: row.name, createdAt: Number(row.created_at), ...(row.ratio === null ? {} : { ratio: row.ratio }) };
}

function groupToRow(group: Group): GroupRow {
  return { id: group.id, name: group.name, ratio: group.ratio ?? null, created_at: group.createdAt };
}
