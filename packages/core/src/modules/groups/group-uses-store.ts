import type { Knex } from 'knex';

/** Who and what is in a group, by name; tokens as `user/name`. */
export interface GroupMembers {
  readonly users: readonly string[];
  readonly tokens: readonly string[];
  readonly channels: readonly string[];
}

/** Members of all groups that have some, by the name of the group. */
export async function readGroupMembers(knex: Knex): Promise<ReadonlyMap<string, GroupMembers>> {
  const users: readonly { readonly username: string; readonly group_name: string }[] = await knex('users')
    .select('username', 'group_name')
    .orderBy('username');
  const tokens: readonly { readonly username: string; readonly name: string; readonly group_name: string }[] = await knex('tokens')
    .join('users', 'users.id', 'tokens.user_id')
    .whereNotNull('tokens.group_name')
    .select('users.username', 'tokens.name', 'tokens.group_name')
    .orderBy(['users.username', 'tokens.name']);
  const channels: readonly { readonly name: string; readonly groups: string }[] = await knex('channels')
    .select('name', 'groups')
    .orderBy('name');
  const members = new Map<string, { users: string[]; tokens: string[]; channels: string[] }>();
  const of = (group: string): { users: string[]; tokens: string[]; channels: string[] } => {
    const known = members.get(group) ?? { users: [], tokens: [], channels: [] };
    members.set(group, known);
    return known;
  };
  for (const { username, group_name } of users) of(group_name).users.push(username);
  for (const { username, name, group_name } of tokens) of(group_name).tokens.push(`${username}/${name}`);
  for (const { name, groups } of channels) for (const group of JSON.parse(groups) as readonly string[]) of(group).channels.push(name);
  return members;
}
