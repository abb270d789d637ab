import type { Knex } from 'knex';
import { asStorageFailure } from '../../storage/storage-failure.js';
import { autoGroup } from '../groups/index.js';
import type { LimitValues } from '../limit-rules/index.js';
import { columnsToSpendCaps, type SpendCapColumns, type SpendCaps, spendCapsToColumns } from '../spending/index.js';
import type { Token } from './token.js';

/** A caller waits: a database that stands still is one that is away. */
const lookUpTimeMaxMs = 10_000;

interface TokenRow extends SpendCapColumns {
  readonly id: string;
  readonly user_id: string;
  readonly name: string;
  readonly key_hash: string;
  readonly key_prefix: string;
  readonly group_name: string | null;
  /** 1 = `auto`; then there is no `group_name`. */
  readonly auto_group: number | bigint;
  /** JSON text of a list. */
  readonly models: string | null;
  /** JSON text of a list. */
  readonly allow_ips: string | null;
  /** JSON text of LimitValues. */
  readonly limits: string | null;
  readonly expires_at: number | bigint | null;
  readonly enabled: number | bigint;
  readonly created_at: number | bigint;
}

/** A token with the facts of its user that a call needs. */
export interface TokenOfUser {
  readonly token: Token;
  readonly user: { readonly group: string; readonly ratio?: string; readonly spendCaps?: SpendCaps; readonly enabled: boolean };
}

interface JoinedRow extends TokenRow {
  readonly user_group_name: string;
  readonly user_ratio: string | null;
  readonly user_spend_day_max: bigint | null;
  readonly user_spend_month_max: bigint | null;
  readonly user_enabled: number | bigint;
}

const columns = [
  'id',
  'user_id',
  'name',
  'key_hash',
  'key_prefix',
  'group_name',
  'auto_group',
  'models',
  'allow_ips',
  'limits',
  'expires_at',
  'spend_day_max',
  'spend_month_max',
  'enabled',
  'created_at',
] as const;

export async function readTokens(knex: Knex): Promise<readonly Token[]> {
  const rows: readonly TokenRow[] = await knex<TokenRow>('tokens')
    .select(...columns)
    .orderBy('id');
  return rows.map(rowToToken);
}

/** @throws StorageUnavailableError */
export async function findTokenByHash(knex: Knex, keyHash: string): Promise<TokenOfUser | undefined> {
  const row: JoinedRow | undefined = await knex('tokens')
    .join('users', 'users.id', 'tokens.user_id')
    .where('tokens.key_hash', keyHash)
    .timeout(lookUpTimeMaxMs)
    .first(
      ...columns.map((column) => `tokens.${column}`),
      'users.group_name as user_group_name',
      'users.ratio as user_ratio',
      'users.spend_day_max as user_spend_day_max',
      'users.spend_month_max as user_spend_month_max',
      'users.enabled as user_enabled',
    )
    .catch((error: unknown) => {
      throw asStorageFailure(error);
    });
  if (row === undefined) return undefined;
  const spendCaps = columnsToSpendCaps({ spend_day_max: row.user_spend_day_max, spend_month_max: row.user_spend_month_max });
  return {
    token: rowToToken(row),
    user: {
      group: row.user_group_name,
      enabled: Number(row.user_enabled) === 1,
      ...(row.user_ratio === null ? {} : { ratio: row.user_ratio }),
      ...(spendCaps === undefined ? {} : { spendCaps }),
    },
  };
}

export async function insertToken(transaction: Knex.Transaction, token: Token): Promise<void> {
  await transaction<TokenRow>('tokens').insert(tokenToRow(token));
}

export async function updateToken(transaction: Knex.Transaction, token: Token): Promise<void> {
  const { id, ...changed } = tokenToRow(token);
  await transaction<TokenRow>('tokens').where('id', id).update(changed);
}

function rowToToken(row: TokenRow): Token {
  const spendCaps = columnsToSpendCaps(row);
  return {
    id: row.id,
    userId: row.user_id,
    name: row.name,
    keyHash: row.key_hash,
    keyPrefix: row.key_prefix,
    enabled: Number(row.enabled) === 1,
    createdAt: Number(row.created_at),
    ...groupOf(row),
    ...(row.models === null ? {} : { models: JSON.parse(row.models) as string[] }),
    ...(row.allow_ips === null ? {} : { allowIps: JSON.parse(row.allow_ips) as string[] }),
    ...(spendCaps === undefined ? {} : { spendCaps }),
    ...(row.limits === null ? {} : { limits: JSON.parse(row.limits) as LimitValues }),
    ...(row.expires_at === null ? {} : { expiresAt: Number(row.expires_at) }),
  };
}

function groupOf({ group_name: name, auto_group: isAuto }: TokenRow): Pick<Token, 'group'> {
  if (Number(isAuto) === 1) return { group: autoGroup };
  return name === null ? {} : { group: name };
}

function tokenToRow(token: Token): TokenRow {
  return {
    id: token.id,
    user_id: token.userId,
    name: token.name,
    key_hash: token.keyHash,
    key_prefix: token.keyPrefix,
    group_name: token.group === autoGroup ? null : (token.group ?? null),
    auto_group: token.group === autoGroup ? 1 : 0,
    models: token.models === undefined ? null : JSON.stringify(token.models),
    allow_ips: token.allowIps === undefined ? null : JSON.stringify(token.allowIps),
    limits: token.limits === undefined ? null : JSON.stringify(token.limits),
    expires_at: token.expiresAt ?? null,
    ...spendCapsToColumns(token.spendCaps),
    enabled: token.enabled ? 1 : 0,
    created_at: token.createdAt,
  };
}
