import type { Knex } from 'knex';

/** Which channel has something of a user's. */
export interface StoredResource {
  readonly userId: string;
  readonly kind: string;
  readonly id: string;
  readonly channelId: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Milliseconds since 1970; null = until it is deleted. */
  readonly expiresAt: number | null;
}

interface ResourceRow {
  readonly user_id: string;
  readonly kind: string;
  readonly id: string;
  readonly channel_id: string;
  readonly created_at: number | bigint;
  readonly expires_at: number | bigint | null;
}

export interface FoundResource {
  readonly id: string;
  readonly channelId: string;
}

/** Each id takes a variable of the statement, and databases have a limit. */
const idsPerQuery = 500;
const rowsPerInsert = 100;

export async function upsertResources(transaction: Knex.Transaction, resources: readonly StoredResource[]): Promise<void> {
  for (let from = 0; from < resources.length; from += rowsPerInsert) {
    await transaction<ResourceRow>('resources')
      .insert(resources.slice(from, from + rowsPerInsert).map(resourceToRow))
      .onConflict(['user_id', 'kind', 'id'])
      .merge(['channel_id', 'expires_at']);
  }
}

/** Those of the ids that are the user's and have not expired. */
export async function findResources(
  knex: Knex,
  { userId, kind, ids, now }: { readonly userId: string; readonly kind: string; readonly ids: readonly string[]; readonly now: number },
): Promise<readonly FoundResource[]> {
  const found: FoundResource[] = [];
  for (let from = 0; from < ids.length; from += idsPerQuery) {
    const rows = await unexpired(knex, userId, kind, now)
      .whereIn('id', ids.slice(from, from + idsPerQuery))
      .select('id', 'channel_id');
    for (const { id, channel_id } of rows) found.push({ id, channelId: channel_id });
  }
  return found;
}

/** What a user has of a kind, in the order of ids. */
export async function listResources(
  knex: Knex,
  page: { readonly userId: string; readonly kind: string; readonly after: string; readonly limit: number; readonly now: number },
): Promise<readonly FoundResource[]> {
  const rows = await unexpired(knex, page.userId, page.kind, page.now)
    .where('id', '>', page.after)
    .orderBy('id')
    .limit(page.limit)
    .select('id', 'channel_id');
  return rows.map(({ id, channel_id }) => ({ id, channelId: channel_id }));
}

export async function deleteResource(transaction: Knex.Transaction, userId: string, kind: string, id: string): Promise<void> {
  await transaction<ResourceRow>('resources').where({ user_id: userId, kind, id }).delete();
}

/** Removes about as many expired rows as given, oldest first. Returns how many were removed. */
export async function deleteExpired(transaction: Knex.Transaction, now: number, rowsMax: number): Promise<number> {
  const last = await transaction<ResourceRow>('resources')
    .where('expires_at', '<=', now)
    .orderBy('expires_at')
    .offset(rowsMax - 1)
    .first('expires_at');
  return transaction<ResourceRow>('resources')
    .where('expires_at', '<=', last === undefined ? now : Number(last.expires_at))
    .delete();
}

function unexpired(knex: Knex, userId: string, kind: string, now: number): Knex.QueryBuilder<ResourceRow, ResourceRow[]> {
  return knex<ResourceRow>('resources')
    .where({ user_id: userId, kind })
    .where((either) => void either.whereNull('expires_at').orWhere('expires_at', '>', now));
}

function resourceToRow({ userId, kind, id, channelId, createdAt, expiresAt }: StoredResource): ResourceRow {
  return { user_id: userId, kind, id, channel_id: channelId, created_at: createdAt, expires_at: expiresAt };
}
