import type { Knex } from 'knex';
import { newId } from '../../foundation/ids.js';
import { commandLine, stepsFor, writeChanges } from '../changes/index.js';
import { findUserByName, type UserRole } from '../users/index.js';
import { AccessTokenExistsError, UnknownUserError } from './access-errors.js';
import { type AccessToken, hashAccessToken, newAccessTokenSecret } from './access-token.js';
import type { Caller } from './caller.js';
import { permissionsOfRoles } from './permission.js';

interface AccessTokenRow {
  readonly id: string;
  readonly user_id: string;
  readonly name: string;
  readonly secret_hash: string;
  readonly created_at: number | bigint;
}

async function insertAccessToken(transaction: Knex, { id, userId, name, secretHash, createdAt }: AccessToken): Promise<void> {
  await transaction<AccessTokenRow>('access_tokens').insert({ id, user_id: userId, name, secret_hash: secretHash, created_at: createdAt });
}

async function accessTokenExists(knex: Knex, userId: string, name: string): Promise<boolean> {
  return (await knex<AccessTokenRow>('access_tokens').where({ user_id: userId, name }).first('id')) !== undefined;
}

/** Undefined if there is no such access token, or its user is disabled. Asked anew for each request, so that a change counts at once. */
export async function callerOfAccessToken(knex: Knex, secret: string): Promise<Caller | undefined> {
  const row: { readonly id: string; readonly user_id: string; readonly role: UserRole } | undefined = await knex('access_tokens')
    .join('users', 'users.id', 'access_tokens.user_id')
    .where({ 'access_tokens.secret_hash': hashAccessToken(secret), 'users.enabled': 1 })
    .first('access_tokens.id', 'access_tokens.user_id', 'users.role');
  return row === undefined ? undefined : { userId: row.user_id, permissions: permissionsOfRoles[row.role], accessTokenId: row.id };
}

/**
 * Makes an access token for a user and returns its secret, which is known only now.
 * @throws UnknownUserError, AccessTokenExistsError
 */
export async function createAccessToken(transaction: Knex.Transaction, username: string, name: string, now: number): Promise<string> {
  const user = await findUserByName(transaction, username);
  if (user === undefined) throw new UnknownUserError(username);
  if (await accessTokenExists(transaction, user.id, name)) throw new AccessTokenExistsError(username, name);
  const secret = newAccessTokenSecret();
  const token = { id: newId(), userId: user.id, name, secretHash: hashAccessToken(secret), createdAt: now };
  const steps = stepsFor({ kind: 'access-token', name: `${username}/${name}`, before: undefined, after: { id: token.id } }, () =>
    insertAccessToken(transaction, token),
  );
  await writeChanges(transaction, steps, { author: commandLine, at: now });
  return secret;
}
