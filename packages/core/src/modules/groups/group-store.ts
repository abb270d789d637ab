import type { Knex } from 'knex';
import type { Group, GroupUsers } from './group.js';

interface GroupRow {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly ratio: string | null;
  /** JSON text of a map. */
  readonly ratios_by_user_group: string | null;
  /** JSON text of GroupUsers. */
  readonly usable_by: string;
  readonly created_at: number | bigint;
}

export async function readGroups(knex: Knex): Promise<readonly Group[]> {
  const rows: readonly GroupRow[] = await knex<GroupRow>('groups')
    .select('id', 'name', 'description', 'ratio', 'ratios_by_user_group', 'usable_by', 'created_at')
    .orderBy('name');
  return rows.map(rowToGroup);
}

export async function insertGroup(transaction: Knex.Transaction, group: Group): Promise<void> {
  await transaction<GroupRow>('groups').insert(groupToRow(group));
}

export async function updateGroup(transaction: Knex.Transaction, group: Group): Promise<void> {
  const { id, name: _name, created_at: _createdAt, ...changed } = groupToRow(group);
  await transaction<GroupRow>('groups').where('id', id).update(changed);
}

/** The foreign keys of users and tokens refuse it for a group in use. */
export async function deleteGroup(transaction: Knex.Transaction, id: string): Promise<void> {
  await transaction<GroupRow>('groups').where('id', id).delete();
}

function rowToGroup(row: GroupRow): Group {
  return {
    id: row.id,
    name: row.name,
    usableBy: JSON.parse(row.usable_by) as GroupUsers,
    createdAt: Number(row.created_at),
    ...(row.description === null ? {} : { description: row.description }),
    ...(row.ratio === null ? {} : { ratio: row.ratio }),
    ...(row.ratios_by_user_group === null ? {} : { ratiosByUserGroup: JSON.parse(row.ratios_by_user_group) as Record<string, string> }),
  };
}

function groupToRow({ id, name, description, ratio, ratiosByUserGroup, usableBy, createdAt }: Group): GroupRow {
  return {
    id,
    name,
    description: description ?? null,
    ratio: ratio ?? null,
    ratios_by_user_group: ratiosByUserGroup === undefined ? null : JSON.stringify(ratiosByUserGroup),
    usable_by: JSON.stringify(usableBy),
    created_at: createdAt,
  };
}
