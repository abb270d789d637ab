import type { Knex } from 'knex';
import type { Group } from './group.js';

interface GroupRow {
  readonly id: string;
  readonly name: string;
  readonly ratio: string | null;
  /** JSON text of a map. */
  readonly ratios_by_user_group: string | null;
  readonly created_at: number | bigint;
}

export async function readGroups(knex: Knex): Promise<readonly Group[]> {
  const rows: readonly GroupRow[] = await knex<GroupRow>('groups')
    .select('id', 'name', 'ratio', 'ratios_by_user_group', 'created_at')
    .orderBy('name');
  return rows.map(rowToGroup);
}

export async function insertGroup(transaction: Knex.Transaction, group: Group): Promise<void> {
  await transaction<GroupRow>('groups').insert(groupToRow(group));
}

export async function updateGroup(transaction: Knex.Transaction, group: Group): Promise<void> {
  const { ratio, ratios_by_user_group } = groupToRow(group);
  await transaction<GroupRow>('groups').where('id', group.id).update({ ratio, ratios_by_user_group });
}

/** The foreign keys of users and tokens refuse it for a group in use. */
export async function deleteGroup(transaction: Knex.Transaction, id: string): Promise<void> {
  await transaction<GroupRow>('groups').where('id', id).delete();
}

function rowToGroup(row: GroupRow): Group {
  return {
    id: row.id,
    name: row.name,
    createdAt: Number(row.created_at),
    ...(row.ratio === null ? {} : { ratio: row.ratio }),
    ...(row.ratios_by_user_group === null ? {} : { ratiosByUserGroup: JSON.parse(row.ratios_by_user_group) as Record<string, string> }),
  };
}

function groupToRow(group: Group): GroupRow {
  const { id, name, ratio, ratiosByUserGroup, createdAt } = group;
  return {
    id,
    name,
    ratio: ratio ?? null,
    ratios_by_user_group: ratiosByUserGroup === undefined ? null : JSON.stringify(ratiosByUserGroup),
    created_at: createdAt,
  };
}
