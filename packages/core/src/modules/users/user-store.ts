import type { Knex } from 'knex';
import { columnsToSpendCaps, type SpendCapColumns, spendCapsToColumns } from '../spending/index.js';
import type { User, UserRole } from './user.js';

interface UserRow extends SpendCapColumns {
  readonly id: string;
  readonly username: string;
  readonly role: string;
  readonly group_name: string;
  readonly ratio: string | null;
  readonly enabled: number | bigint;
  readonly created_at: number | bigint;
}

const columns = ['id', 'username', 'role', 'group_name', 'ratio', 'spend_day_max', 'spend_month_max', 'enabled', 'created_at'] as const;

export async function readUsers(knex: Knex): Promise<readonly User[]> {
  const rows: readonly UserRow[] = await knex<UserRow>('users')
    .select(...columns)
    .orderBy('username');
  return rows.map(rowToUser);
}

export async function anyUserExists(knex: Knex): Promise<boolean> {
  return (await knex<UserRow>('users').first('id')) !== undefined;
}

export async function findUserByName(knex: Knex, username: string): Promise<User | undefined> {
  const row = await knex<UserRow>('users')
    .where('username', username)
    .first(...columns);
  return row === undefined ? undefined : rowToUser(row);
}

export async function findUser(knex: Knex, id: string): Promise<User | undefined> {
  const row = await knex<UserRow>('users')
    .where('id', id)
    .first(...columns);
  return row === undefined ? undefined : rowToUser(row);
}

export async function insertUser(transaction: Knex.Transaction, user: User): Promise<void> {
  await transaction<UserRow>('users').insert(userToRow(user));
}

export async function updateUser(transaction: Knex.Transaction, user: User): Promise<void> {
  const { id, ...changed } = userToRow(user);
  await transaction<UserRow>('users').where('id', id).update(changed);
}

function rowToUser(row: UserRow): User {
  const spendCaps = columnsToSpendCaps(row);
  return {
    id: row.id,
    username: row.username,
    role: row.role as UserRole,
    group: row.group_name,
    enabled: Number(row.enabled) === 1,
    createdAt: Number(row.created_at),
    ...(row.ratio === null ? {} : { ratio: row.ratio }),
    ...(spendCaps === undefined ? {} : { spendCaps }),
  };
}

function userToRow(user: User): UserRow {
  return {
    id: user.id,
    username: user.username,
    role: user.role,
    group_name: user.group,
    ratio: user.ratio ?? null,
    ...spendCapsToColumns(user.spendCaps),
    enabled: user.enabled ? 1 : 0,
    created_at: user.createdAt,
  };
}
