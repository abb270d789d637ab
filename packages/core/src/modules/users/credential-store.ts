import type { Knex } from 'knex';

interface CredentialRow {
  readonly user_id: string;
  readonly password_hash: string;
  readonly updated_at: number | bigint;
}

/** Password hashes by user id; users without a password are missing. */
export async function readPasswordHashes(knex: Knex): Promise<ReadonlyMap<string, string>> {
  const rows: readonly CredentialRow[] = await knex<CredentialRow>('credentials').select('user_id', 'password_hash', 'updated_at');
  return new Map(rows.map((row) => [row.user_id, row.password_hash]));
}

export async function writePasswordHash(
  transaction: Knex.Transaction,
  userId: string,
  passwordHash: string,
  updatedAt: number,
): Promise<void> {
  await transaction<CredentialRow>('credentials')
    .insert({ user_id: userId, password_hash: passwordHash, updated_at: updatedAt })
    .onConflict('user_id')
    .merge(['password_hash', 'updated_at']);
}
